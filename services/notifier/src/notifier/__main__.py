from notifier.announcer import serve_announcer
from notifier.dispatcher import serve_dispatcher
from notifier.setup import set_up
from runtime import process

if __name__ == "__main__":
    process.main("notifier", {"announcer": serve_announcer, "dispatcher": serve_dispatcher, "setup": set_up})
