"""Addresses of sign-in and accounts. No address holds a name or a secret (R28)."""

from django.urls import path

from epiloop.web.accounts import manage, own, passkeys, sign_in

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/second/", sign_in.second_factor, name="second-factor"),
    path("sign-in/passkey/options/", passkeys.sign_in_options, name="passkey-options"),
    path("sign-in/passkey/", passkeys.sign_in_answer, name="passkey-answer"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("set-up/", sign_in.set_up, name="set-up"),
    path("account/", own.account_page, name="account"),
    path("account/confirm/", sign_in.confirm, name="confirm"),
    path("account/password/", own.password, name="password"),
    path("account/second-factor/", own.second_factor_set_up, name="second-factor-set-up"),
    path("account/recovery-codes/", own.recovery_codes, name="recovery-codes"),
    path("account/passkeys/options/", passkeys.register_options, name="passkey-register-options"),
    path("account/passkeys/", passkeys.register_answer, name="passkey-register"),
    path("account/passkeys/<int:number>/remove/", own.passkey_remove, name="passkey-remove"),
    path("account/sessions/<slug:key>/end/", own.session_end, name="session-end"),
    path("accounts/", manage.accounts, name="accounts"),
    path("accounts/new/", manage.account_new, name="account-new"),
    path("accounts/<uuid:key>/", manage.account_one, name="account-one"),
    path("accounts/<uuid:key>/withdraw/<int:number>/", manage.account_withdraw, name="account-withdraw"),
    path("accounts/<uuid:key>/<slug:change>/", manage.account_change, name="account-change"),
]
