"""Addresses of the board and the lists behind it."""

from django.urls import path

from epiloop.web.board import clears, lists, views

urlpatterns = [
    path("board/", views.board, name="board"),
    path("board/clears/", clears.part, name="board-clears"),
    path("loops/", lists.loops, name="loops"),
    path("duties/", lists.duties, name="duties"),
    path("nobody/", lists.nobody, name="nobody"),
    path("clears/<slug:which>/", clears.gaps, name="clears"),
]
