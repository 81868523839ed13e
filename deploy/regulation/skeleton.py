"""What a new pack begins with: sound, and short enough to be read at once."""

SKELETON = """\
pack: NAME
languages: [zh-CN, en]
cites: "{}"
units:
  service: {name: 客服部 | Customer service, at: intake}
  responsible: {name: 责任部门 | Responsible department, at: investigation}
fields:
  customer: {name: 客户 | Customer, type: customer, required: true, personal: true}
  what: {name: 投诉内容 | What is complained of, type: text, required: true}
  finding: {name: 处理结果 | Finding, type: text, required: true}
stages:
  recorded: {name: 登记 | Recorded, cite: 1, by: service, form: [customer, what], numbered: case}
  handled: {name: 处理 | Handled, cite: 2, by: responsible, after: recorded, form: [finding], due: 3 wd}
  checked:
    name: 审核 | Checked
    cite: 3
    by: service
    after: handled
    choose: {pass: 通过 | Pass, back: {name: 退回 | Send back, reopens: handled}}
  closed: {name: 结案 | Closed, cite: 4, by: service, after: checked.pass, ends: case}
series: {case: YYMM##}
"""
