"""The page as a person at a browser sees it: headless Chromium over the whole sandbox, with the real bot in it."""
