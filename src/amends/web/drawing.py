"""Templates in the very words that Django draws them in, without what it does anew for each variable,
address, form and part: a case page has hundreds, and spent a third of its time in that.
"""

from functools import lru_cache
from html import escape
from typing import Any, Final

from django.template import Library, Node, Template
from django.template.base import Parser, Token, VariableNode, render_value_in_context
from django.template.defaulttags import CsrfTokenNode, URLNode
from django.template.defaulttags import url as url_of_django
from django.template.loader_tags import IncludeNode, do_include
from django.template.loaders import cached
from django.urls import get_script_prefix, reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

register = Library()  # named by ``builtins``, so that these tags stand in for Django's


class Loader(cached.Loader):
    """Named by ``loaders``: each template is read once, and then drawn by the nodes below."""

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        template: Any = super().get_template(template_name, skip)
        if not hasattr(template, "quickened"):
            template.quickened = True
            for node in template.nodelist.get_nodes_by_type(VariableNode):
                if type(node) is VariableNode:
                    node.__class__ = _Variable
        found: Template = template
        return found


class _Variable(VariableNode):
    """Texts and whole numbers, which nearly all variables are, need no look at a language or a zone."""

    def render(self, context: Any) -> Any:
        value = self.filter_expression.resolve(context)
        kind = type(value)
        if kind is str:
            return escape(value) if context.autoescape else value
        if kind is SafeString:
            return value
        if kind is int:
            return str(value)  # as no page groups thousands
        return render_value_in_context(value, context)

    render_annotated = render  # what it says beside is for ``DEBUG``


class _Include(IncludeNode):
    """A part whose name is written down is looked for once."""

    part: Any = None

    def render(self, context: Any) -> Any:
        part = self.part
        if part is None:
            part = self.part = context.template.engine.get_template(self.template.var)
        given = {name: value.resolve(context) for name, value in self.extra_context.items()}
        state = context.render_context
        including, state.template = state.template, part
        try:
            with context.push(**given), state.push():
                return part.nodelist.render(context)
        finally:
            state.template = including


@register.tag("include")
def include(parser: Parser, token: Token) -> Node:
    """As Django's own."""
    node: Any = do_include(parser, token)
    written = not node.template.is_var and not node.template.filters
    if written and not node.isolated_context and isinstance(node.template.var, str):
        node.__class__ = _Include
    made: Node = node
    return made


class _Address(URLNode):
    """Each address is put together once for what stands in it."""

    def render(self, context: Any) -> Any:
        given = [one.resolve(context) for one in self.args]
        name = self.view_name.resolve(context)
        if context.autoescape and all(type(one) in _PLAIN for one in given):
            return _address(name, get_script_prefix(), *given)
        return super().render(context)


_PLAIN: Final = (int, str, SafeString)


@lru_cache(1024, typed=True)
def _address(name: str, prefix: str, *given: int | str) -> str:  # noqa: ARG001 (``reverse`` begins with it)
    return conditional_escape(reverse(name, args=given))


@register.tag("url")
def url(parser: Parser, token: Token) -> Node:
    """As Django's own."""
    node: Any = url_of_django(parser, token)
    if not node.kwargs and node.asvar is None:
        node.__class__ = _Address
    made: Node = node
    return made


class _Token(CsrfTokenNode):
    """A page has one, whatever the number of its forms."""

    def render(self, context: Any) -> Any:
        kept = context.render_context.dicts[0]
        if _Token not in kept:
            kept[_Token] = super().render(context)
        return kept[_Token]


@register.tag("csrf_token")
def csrf_token(parser: Parser, token: Token) -> Node:  # noqa: ARG001 (as a tag is called)
    """As Django's own."""
    return _Token()
