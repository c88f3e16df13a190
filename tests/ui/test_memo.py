"""Markup kept under the values it is made of, and under nothing else."""

import pytest
from django.template import Context, Template
from django.utils.safestring import mark_safe

SOURCE = (
    "{% load memo %}{% memo name links=shelf.links %}"
    "{{ name }}{{ secret }}{% for l in links %}[{{ l }}]{% endfor %}{% endmemo %}"
)


def render(source=SOURCE, **values):
    return Template(source).render(Context(values))


def test_the_block_sees_what_it_is_given_and_nothing_else():
    assert render(name="a", shelf={"links": ["x", "y"]}, secret="s") == "a[x][y]"


def test_values_are_escaped_and_kept_apart():
    template = Template(SOURCE)
    assert [template.render(Context({"name": n, "shelf": {"links": []}})) for n in ("<b>", "c", "<b>")] == [
        "&lt;b&gt;",
        "c",
        "&lt;b&gt;",
    ]


def test_the_same_values_are_rendered_once():
    class Counted(str):
        shown = 0
        __slots__ = ()

        def __str__(self):
            Counted.shown += 1
            return "word"

    template = Template("{% load memo %}{% memo word %}{{ word|lower }}{% endmemo %}")
    one, other = Counted("word"), Counted("word")
    assert template.render(Context({"word": one})) == template.render(Context({"word": other})) == "word"
    assert Counted.shown == 1


def test_markup_kept_as_escaped_is_not_given_where_nothing_is_escaped():
    template = Template("{% load memo %}{% memo name %}{{ name }}{% endmemo %}")
    assert template.render(Context({"name": "<b>"})) == "&lt;b&gt;"
    assert template.render(Context({"name": "<b>"}, autoescape=False)) == "<b>"


def test_a_value_that_cannot_be_compared_is_an_error():
    with pytest.raises(TypeError):
        render("{% load memo %}{% memo name %}{% endmemo %}", name={})


def test_an_included_template_works_inside():
    inner = '{% include "components/header_links.html" with login_url=tag %}'
    assert 'href="/là"' in render("{% load memo %}{% memo tag %}" + inner + "{% endmemo %}", tag="/là")


def test_a_safe_string_never_answers_for_the_unsafe_one():
    template = Template("{% load memo %}{% memo name %}{{ name }}{% endmemo %}")
    assert template.render(Context({"name": mark_safe("<b>")})) == "<b>"
    assert template.render(Context({"name": "<b>"})) == "&lt;b&gt;"


def test_what_fills_is_put_in_each_time_and_escaped():
    template = Template(
        "{% load memo %}{% memo url fill q n=page.total %}[{{ url }}?{{ q }}&amp;{{ n }}{{ q }}]{% endmemo %}"
    )
    told = [
        template.render(Context({"url": "/a", "q": q, "page": {"total": n}}))
        for q, n in (("<b>", 1), ("c\ue0200\ue021", 22), (mark_safe("<i>"), 0))
    ]
    assert told == [
        "[/a?&lt;b&gt;&amp;1&lt;b&gt;]",
        "[/a?c\ue0200\ue021&amp;22c\ue0200\ue021]",
        "[/a?<i>&amp;0<i>]",
    ]
