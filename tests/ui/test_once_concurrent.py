"""Two sends at the same instant, on two connections: the second waits for the first, then follows it."""

import threading

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from marketplace.ui.once import once


@pytest.mark.django_db(transaction=True)
def test_simultaneous_sends_act_once() -> None:
    calls: list[int] = []
    inside, go = threading.Event(), threading.Event()

    @once
    def view(request: HttpRequest) -> HttpResponse:
        calls.append(1)
        inside.set()
        go.wait(5)
        return HttpResponseRedirect("/fait/")

    answers: list[str] = []

    def send() -> None:
        request = RequestFactory().post("/x/", {"_once": "le-meme-jeton"})
        request.user = AnonymousUser()
        answers.append(view(request)["Location"])
        connection.close()

    first, second = threading.Thread(target=send), threading.Thread(target=send)
    first.start()
    assert inside.wait(5)
    second.start()
    go.set()
    first.join(10)
    second.join(10)
    assert calls == [1]
    assert answers == ["/fait/", "/fait/"]
