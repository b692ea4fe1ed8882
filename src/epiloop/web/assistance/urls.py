"""Addresses of requests between jurisdictions."""

from django.urls import path

from epiloop.web.assistance import files, lists, making, one, peers

urlpatterns = [
    path("assistance/", lists.requests, name="assistance"),
    path("assistance/new/", making.new, name="assistance-new"),
    path("assistance/in/", files.take_in, name="assistance-in"),
    path("assistance/<uuid:request_id>/", one.page, name="assistance-one"),
    path("assistance/<uuid:request_id>/file/", files.give_out, name="assistance-file"),
    path("assistance/<uuid:request_id>/<slug:action>/", one.act, name="assistance-act"),
    path("registers/peers/", peers.page, name="registers-peers"),
    path("registers/peers/card/", peers.card, name="registers-peer-card"),
    path("registers/peers/<slug:action>/", peers.act, name="registers-peer-act"),
]
