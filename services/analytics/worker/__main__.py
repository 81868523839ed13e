"""``python -m services.analytics.worker``."""

import uvloop

from services.analytics.worker.process import main

if __name__ == "__main__":
    uvloop.run(main())
