"""What do mails of accounts say: their texts, in which nothing stands that whoever caused them could choose."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """
    A mail without its address.

    above, below: paragraphs around the link or code. link: where to go, with what is written on it. code: to be typed. kind: by
    which an author words it otherwise. html: of an author's own, in place of all.
    """

    subject: str
    above: tuple[str, ...]
    link: tuple[str, str] | None = None
    code: str | None = None
    below: tuple[str, ...] = ()
    kind: str = "notice"
    html: str | None = None


class Texts:
    """
    The texts of one server.

    Names that people gave are in none of them: an address that somebody else signs up would be sent whatever they wrote there.

    Args:
        host: what the server is called in them.
        minutes: how long codes and links hold.
    """

    def __init__(self, host: str, minutes: int) -> None:
        self._host = host
        self._holds = f"It holds for {minutes} minutes, and once."
        self._not_you = "If it was not you, there is nothing to do: without what is in this mail nobody gets in."

    def verify(self, link: str) -> Text:
        """To an address that signed up."""
        return Text(
            f"Confirm your address for {self._host}",
            (f"Somebody has signed up at {self._host} with this address. If it was you, confirm it:",),
            (link, "Confirm the address"),
            below=(self._holds, "If it was not you, do not follow the link, and there will be no account."),
            kind="verify",
        )

    def has_account(self) -> Text:
        """To an address that signed up, and has an account."""
        return Text(
            f"You have an account at {self._host}",
            (
                f"Somebody has signed up at {self._host} with this address, which has an account. Nothing was changed.",
                "If it was you, sign in; a forgotten password can be set anew there.",
            ),
        )

    def sign_in_code(self, code: str) -> Text:
        """A code to sign in with."""
        return Text(
            f"{code} is your code for {self._host}",
            (f"Sign in at {self._host} with this code:",),
            code=code,
            below=(self._holds, f"Nobody of {self._host} asks you for it. {self._not_you}"),
            kind="code",
        )

    def sign_in_link(self, link: str) -> Text:
        """A link to sign in with."""
        return Text(
            f"Sign in at {self._host}",
            (f"Sign in at {self._host} with this link:",),
            (link, "Sign in"),
            below=(self._holds, self._not_you),
            kind="link",
        )

    def reset_password(self, link: str) -> Text:
        """A link to set another password."""
        return Text(
            f"Set another password for {self._host}",
            (f"Somebody, we hope it was you, wants another password for your account at {self._host}:",),
            (link, "Set the password"),
            below=(self._holds, self._not_you),
            kind="reset",
        )

    def change_email(self, link: str) -> Text:
        """To the new address of an account."""
        return Text(
            f"Confirm your new address for {self._host}",
            (f"An account at {self._host} is to have this address. If it is yours, confirm it:",),
            (link, "Confirm the address"),
            below=(self._holds, "If it is not, do not follow the link, and nothing will change."),
            kind="change_email",
        )

    # ---- what has happened ---------------------------------------------------------------------------

    def address_in_use(self) -> Text:
        """To an address that somebody wants for another account."""
        return self._notice(
            "Your address was asked for",
            "Somebody wanted to give another account this address. It is the one of your account, so nothing was changed.",
        )

    def email_change_asked(self) -> Text:
        """To the present address."""
        return self._notice(
            "Your address is about to change",
            "Another address was asked for in your account. It will be that one once it is confirmed there.",
        )

    def email_changed(self) -> Text:
        """To both addresses."""
        return self._notice("Your address was changed", "The address of your account is another one now.")

    def password_changed(self) -> Text:
        """After a change or a reset."""
        return self._notice(
            "Your password was changed", "The password of your account was changed, and all other sessions were ended."
        )

    def new_way(self, way: str) -> Text:
        """After a way of signing in was added. way: as it is called, such as `a password` or `Google`."""
        return self._notice(
            "There is a new way to sign in", f"From now on your account can be signed into with {way}, too."
        )

    def ways_removed(self) -> Text:
        """After an address was confirmed for the first time that an account had had unconfirmed."""
        return self._notice(
            "Your address is confirmed",
            "Until now anybody could have made your account. So its password, sessions and keys were ended; set a password "
            "anew where you want one.",
        )

    def new_factor(self) -> Text:
        """After a second factor was confirmed."""
        return self._notice("There is a new second factor", "Your account has a new second factor.")

    def factor_removed(self) -> Text:
        """After a second factor was removed."""
        return self._notice("A second factor was removed", "A second factor was removed from your account.")

    def account_deleted(self) -> Text:
        """After the end."""
        return Text(f"Your account at {self._host} was deleted", ("Your account was deleted, as you wanted.",))

    def _notice(self, what: str, text: str) -> Text:
        return Text(
            f"{what} ({self._host})",
            (f"This is about your account at {self._host}. {text}",),
            below=("If it was not you, set another password now, and write to those who run the site.",),
        )
