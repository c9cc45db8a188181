"""The few words that are not the report's own, in its language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Labels:
    """`page` has places for {page} and {total}, `day` for {date} and the English {month}."""

    contents: str = "Contents"
    page: str = "Page {page} of {total}"
    question: str = "Question"
    written_by: str = "Written by"
    date: str = "Date"
    report: str = "Report"
    figure: str = "Figure"
    table: str = "Table"
    day: str = "{date.day} {month} {date.year}"


_ENGLISH = Labels()
_IDEOGRAPHIC_DAY = "{date.year}年{date.month}月{date.day}日"
_ISO_DAY = "{date:%Y-%m-%d}"
_LABELS = {
    "ar": Labels(
        "المحتويات",
        "صفحة {page} من {total}",
        "السؤال",
        "الكاتب",
        "التاريخ",
        "التقرير",
        "شكل",
        "جدول",
        _ISO_DAY,
    ),
    "fa": Labels(
        "فهرست", "صفحهٔ {page} از {total}", "پرسش", "نویسنده", "تاریخ", "گزارش", "شکل", "جدول", _ISO_DAY
    ),
    "he": Labels(
        "תוכן", "עמוד {page} מתוך {total}", "שאלה", "נכתב על ידי", "תאריך", "דוח", "איור", "טבלה", _ISO_DAY
    ),
    "zh": Labels(
        "目录", "第 {page} / {total} 页", "问题", "撰写", "日期", "报告", "图", "表", _IDEOGRAPHIC_DAY
    ),
    "zh-Hant": Labels(
        "目錄", "第 {page} / {total} 頁", "問題", "撰寫", "日期", "報告", "圖", "表", _IDEOGRAPHIC_DAY
    ),
    "ja": Labels(
        "目次", "{page} / {total} ページ", "質問", "作成", "日付", "レポート", "図", "表", _IDEOGRAPHIC_DAY
    ),
    "ko": Labels("목차", "{page} / {total} 쪽", "질문", "작성", "날짜", "보고서", "그림", "표", _ISO_DAY),
    "de": Labels(
        "Inhalt",
        "Seite {page} von {total}",
        "Frage",
        "Verfasst von",
        "Datum",
        "Bericht",
        "Abbildung",
        "Tabelle",
        _ISO_DAY,
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
        _ISO_DAY,
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
        _ISO_DAY,
    ),
}


def labels_in(language: str) -> Labels:
    """Return the words in a language (BCP 47), in English where it has none."""
    return _LABELS.get(language) or _LABELS.get(language.split("-", maxsplit=1)[0].lower(), _ENGLISH)


_CALLOUTS = {
    "zh": "说明 提示 重要 警告 注意",
    "zh-Hant": "說明 提示 重要 警告 注意",
    "ja": "補足 ヒント 重要 警告 注意",
    "ko": "참고 팁 중요 경고 주의",
    "ar": "ملاحظة نصيحة مهم تحذير تنبيه",
    "fa": "یادداشت راهنمایی مهم هشدار احتیاط",
    "he": "הערה טיפ חשוב אזהרה זהירות",
    "de": "Hinweis Tipp Wichtig Warnung Vorsicht",
    "fr": "Note Conseil Important Avertissement Attention",
    "es": "Nota Consejo Importante Advertencia Precaución",
}
_KINDS = ("Note", "Tip", "Important", "Warning", "Caution")


def callout_title(title: str, language: str) -> str:
    """Return the title of a callout that has no own one, in a language (BCP 47)."""
    names = _CALLOUTS.get(language) or _CALLOUTS.get(language.split("-", maxsplit=1)[0].lower())
    return names.split()[_KINDS.index(title)] if names and title in _KINDS else title
