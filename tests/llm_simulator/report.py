"""The default answer: a report that depends on nothing but the question."""

# ruff: noqa: RUF001 - its look-alike symbols are there to be printed

import hashlib
import textwrap

_FINDINGS = (
    "Inflow fell by {a} % – more than any model of the period expected.",
    "The concentration of CO₂ rose to {b} µg·m⁻³ (≥ {a} at every station).",
    "Costs moved from €{a} to €{b} → an effect of “delayed maintenance”.",
    "Records from {c} show Δ = {a} ± 3 with α ≤ 0.05.",
)


def sample_report(question: str) -> str:
    """Return a Markdown report on `question`: headings, lists, a table, a quote, code, many scripts.

    Its title is the question's first line. The same question gives the same text, to the byte.
    """
    digest = hashlib.sha256(question.encode()).digest()
    numbers = {"a": 10 + digest[0] % 80, "b": 100 + digest[1], "c": 1900 + digest[2] % 120}
    findings = "\n".join(f"- {line.format(**numbers)}" for line in _FINDINGS)
    first_line = question.strip().partition("\n")[0].lstrip("# ")
    title = textwrap.shorten(first_line, width=72, placeholder=" …") or "Untitled"
    return f"""# {title}

## Summary

This report answers the question **“{title}”** from {numbers["a"]} sources.

## Background

The name is written *Аральское море* in Russian and *Αράλη* in Greek. Earlier work [1] looked at
the decades before {numbers["c"]}; later work is listed under [sources](https://example.org/sources).

## Findings

{findings}

### Figures

| Year | Volume (km³) | Change |
|------|-------------:|-------:|
| {numbers["c"]} | {numbers["b"]} | – |
| {numbers["c"] + 30} | {numbers["b"] - numbers["a"]} | −{numbers["a"]} |

1. Measure first.
2. Compare with the record:
   - by season,
   - by station.

> “What is not measured cannot be mended.”

```python
change = {numbers["b"] - numbers["a"]} / {numbers["b"]}
```

## Conclusion

The evidence supports a single cause with {numbers["a"]} % confidence; H₂O balance Σ ≈ {numbers["b"]}.
"""
