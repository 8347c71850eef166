"""Names of what is pressed on App Home and nowhere else; see ``bot.slack.ids`` for how they come back."""

EVENT = "app_home_opened"
TAB = "home"

LOGIN = "home.login"
