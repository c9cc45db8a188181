"""Protects what the model is told: the question, the earlier draft and every instruction reach it."""

from llm_worker.prompts import ask_for_report


def test_a_first_draft_is_asked_for_with_the_question_alone() -> None:
    messages = ask_for_report("  Why is tea drunk hot?\n").messages
    assert [message.role for message in messages] == ["system", "user", "assistant", "user"]
    assert messages[-1].content == "Why is tea drunk hot?"


def test_a_revision_is_asked_for_with_draft_and_all_instructions_in_order() -> None:
    asked = ask_for_report("Why?", "# Draft", ["Shorter", "In French"]).messages[-1].content
    assert (
        asked.index("Why?") < asked.index("# Draft") < asked.index("1. Shorter") < asked.index("2. In French")
    )
