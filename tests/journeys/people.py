"""The people of the sample company who act in the journeys, by what they are."""

from shared.procedures.language.company import load_company

SALES = "lin-yating"
SALES_SUPERVISOR = "chen-zhiming"
SALES_MANAGER = "huang-meihua"
QUALITY = "zhao-min"
MANUFACTURING = "liu-yang"
RD = "xu-jing"
MANAGER_OFFICE = "zheng-xiaoling"
GM_OFFICE = "yang-shufen"
VICE_GENERAL_MANAGER = "guo-liming"
GENERAL_MANAGER = "tsai-wenhsiung"
ACCOUNTING = "xie-huifang"
SALES_ELSEWHERE = "wang-lei"
"""A clerk of Sales who works for KSH only; the clerk ``SALES`` works for TPE only, the others for both."""

DEPARTMENT = {each.person: each.department for each in load_company().people}
"""The department of each person."""
