"""The texts of the check-in page, by the keys its scripts know. `project/checkin_page.py` puts them into the page.

Here and not in the scripts, so that they are in the one catalogue of messages with everything else.
"""

from epiloop.core.errors import N_

TEXTS = {
    "title": N_("Check in"),
    "where": N_("Check in where you are"),
    "scan": N_("Scan the code at the door"),
    "picture": N_("Choose a picture of the code"),
    "ask-staff": N_("No phone number, or nothing works? Ask the staff: they enter your visit."),
    "no-code": N_("This is not a code of a place. Scan the one on the poster at the door."),
    "no-code-in-picture": N_("There is no code to be read in this picture. Come closer, and take the whole code."),
    "hold-still": N_("Hold the code into the picture"),
    "camera-sees": N_("What the camera sees"),
    "no-camera": N_("The camera cannot be used. Allow it in the browser, or choose a picture of the code."),
    "cancel": N_("Cancel"),
    "is-it-here": N_("Are you here?"),
    "checking": N_("Checking the code…"),
    "refused": N_("Do not check in with this code."),
    "not-checked": N_(
        "Without a connection nobody can say yet whether this code is genuine. Compare the name with the door. You can "
        "check in; it is sent later."
    ),
    "phone": N_("Your phone number"),
    "phone-wrong": N_("Write a phone number at which you can be reached."),
    "remember": N_("Remember the number on this phone"),
    "check-in": N_("Yes, check in here"),
    "sealed": N_(
        "Your visit is sealed as soon as it arrives. It is opened only if somebody with the disease was here when you "
        "were, and destroyed after some days. Your location is never asked for."
    ),
    "not-here": N_("No, not here"),
    "checked-in": N_("Checked in"),
    "sign-show": N_("Show this to the guard"),
    "sign-unsent": N_("Not sent yet: the sign for the guard comes when it is sent."),
    "sign-over": N_("For a new sign, tap “Still here”."),
    "came-at": N_("Came at %(time)s"),
    "stays-until": N_("until %(time)s"),
    "check-out": N_("Check out"),
    "over": N_("You were presumed to have left."),
    "left-then": N_("I left at %(time)s"),
    "still-here": N_("Still here"),
    "still-told": N_("Noted: you are still here."),
    "here-already": N_("You are checked in here already."),
    "longer": N_("Stay longer"),
    "longer-told": N_("You stay until %(time)s."),
    "plus-30": N_("+ 30 minutes"),
    "plus-60": N_("+ 1 hour"),
    "plus-120": N_("+ 2 hours"),
    "until-closing": N_("Until closing, %(time)s"),
    "elsewhere": N_("When you check in elsewhere, you are checked out here by it."),
    "checked-out": N_("Checked out"),
    "out-gone": N_("The visit is sent, and deleted from this phone."),
    "out-unsent": N_("Not sent yet. When it is sent, the visit is deleted from this phone."),
    "not-taken": N_("Not taken"),
    "not-taken-remedy": N_("You are not checked in. Scan the code at the door again, or ask the staff."),
    "unsent": N_("checked in, not sent yet"),
    "left-unsent": N_("checked out, not sent yet"),
    "not-sent": N_("Not sent yet: %(count)s."),
    "kept-until-sent": N_("It is kept on this phone and sent by itself. Keep this page open, or open it again later."),
    "offline": N_("No connection."),
    "offline-works": N_("You can check in all the same; it is sent later."),
    "clock-fast": N_("The clock of this phone is %(time)s fast."),
    "clock-slow": N_("The clock of this phone is %(time)s slow."),
    "minutes": N_("%(n)s minutes"),
    "hours": N_("%(n)s hours"),
    "days": N_("%(n)s days"),
    "clock-remedy": N_("This page uses the right time."),
    "keeps": N_("What this phone keeps"),
    "keeps-text": N_(
        "A visit is on this phone until you have checked out, at the longest for 24 hours. After that this page knows "
        "nothing of it. It uses no account, no cookie and no location."
    ),
    "keeps-number": N_("Your number, because you wanted it: %(phone)s"),
    "keeps-nothing": N_("This browser lets the page keep nothing. Leave its private mode, or ask the staff."),
    "delete-all": N_("Delete everything on this phone"),
    "deleted": N_("Nothing of you is on this phone any more. What was sent before stays sent."),
    "no-script": N_("This page needs JavaScript. Without it, ask the staff: they enter your visit."),
}
