"""A report as one HTML file that can be kept and sent: nothing in it is loaded, nothing in it runs."""

from datetime import datetime
from html import escape

from gateway.reading.rendering import render_apart

_STYLE = """
:root { color-scheme: light dark }
body { max-width: 44rem; margin: 3rem auto; padding: 0 1.25rem; font: 1.05rem/1.6 system-ui, sans-serif;
  overflow-wrap: break-word }
h1, h2, h3, h4 { line-height: 1.25; margin: 2em 0 .6em }
h1 { font-size: 2rem; margin-top: 0 }
.question { font-size: 1.1rem; white-space: pre-wrap }
.facts, .question, blockquote { color: GrayText }
.facts { border-bottom: 1px solid; padding-bottom: 1.5rem; font-size: .9rem }
blockquote { margin: 1em 0; padding-inline-start: 1em; border-inline-start: 3px solid }
.question, main :is(p, li, h1, h2, h3, h4, h5, h6) { unicode-bidi: plaintext }
pre { direction: ltr; overflow-x: auto; padding: .9em; border: 1px solid GrayText; border-radius: 4px;
  font-size: .85em }
table { display: block; overflow-x: auto; border-collapse: collapse }
th, td { padding: .4em .7em; border-bottom: 1px solid GrayText; text-align: start; vertical-align: top }
"""


async def standalone(markdown: str, *, title: str, question: str, model: str, written_at: datetime) -> str:
    """Give a whole page with its style inside; scripts and pictures from elsewhere are shut out twice."""
    body = await render_apart(markdown)
    heading = "" if body.startswith("<h1") else f"<h1>{escape(title)}</h1>\n"
    facts = " \N{MIDDLE DOT} ".join(
        escape(part) for part in (model, f"{written_at:%Y-%m-%d %H:%M} UTC") if part
    )
    return f"""<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
<p class="question" dir="auto">{escape(question)}</p>
<p class="facts">{facts}</p>
<main dir="auto">
{heading}{body}</main>
</body>
</html>
"""
