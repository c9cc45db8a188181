"""The few words that are not the report's own, in its language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Labels:
    """`page` has places for {page} and {total}."""

    contents: str = "Contents"
    page: str = "Page {page} of {total}"
    question: str = "Question"
    written_by: str = "Written by"
    date: str = "Date"
    report: str = "Report"
    figure: str = "Figure"
    table: str = "Table"


_ENGLISH = Labels()
_LABELS = {
    "zh": Labels("目录", "第 {page} 页，共 {total} 页", "问题", "撰写", "日期", "报告", "图", "表"),  # noqa: RUF001 - Chinese commas
    "ja": Labels("目次", "{page} / {total} ページ", "質問", "作成", "日付", "レポート", "図", "表"),
    "ko": Labels("목차", "{page} / {total} 쪽", "질문", "작성", "날짜", "보고서", "그림", "표"),
    "de": Labels(
        "Inhalt",
        "Seite {page} von {total}",
        "Frage",
        "Verfasst von",
        "Datum",
        "Bericht",
        "Abbildung",
        "Tabelle",
    ),
    "fr": Labels(
        "Sommaire",
        "Page {page} sur {total}",
        "Question",
        "Rédigé par",
        "Date",
        "Rapport",
        "Figure",
        "Tableau",
    ),
    "es": Labels(
        "Índice",
        "Página {page} de {total}",
        "Pregunta",
        "Redactado por",
        "Fecha",
        "Informe",
        "Figura",
        "Tabla",
    ),
}


def labels_in(language: str) -> Labels:
    """Return the words in a language (BCP 47), in English where it has none."""
    return _LABELS.get(language.split("-", maxsplit=1)[0].lower(), _ENGLISH)
