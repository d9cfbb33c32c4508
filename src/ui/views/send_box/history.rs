//! What was sent before, for the arrow keys.

use std::collections::VecDeque;

use egui::{
    Event, Id, Key, Modifiers, TextEdit, Ui,
    text::{CCursor, CCursorRange},
};

use super::mode::Mode;

const MOST: usize = 100;
/// What is longer is not kept, so that all of them stay small.
const LONGEST: usize = 256 << 10;

/// Texts that were sent, newest last, and where the person is among them.
#[derive(Debug, Default)]
pub(super) struct History {
    sent: VecDeque<(Mode, String)>,
    /// How many steps back; 0 is what is being typed.
    back: usize,
    draft: String,
}

impl History {
    /// Takes what was sent; the same text twice in a row is kept once.
    pub(super) fn keep(&mut self, mode: Mode, text: String) {
        self.back = 0;
        self.draft.clear();
        if text.is_empty() || text.len() > LONGEST || self.sent.back().is_some_and(|last| *last == (mode, text.clone()))
        {
            return;
        }
        if self.sent.len() == MOST {
            self.sent.pop_front();
        }
        self.sent.push_back((mode, text));
    }

    /// Another draft is in the box; what was walked to belongs to the one before.
    pub(super) fn leave(&mut self) {
        self.back = 0;
        self.draft.clear();
    }

    /// Up in the first line and Down in the last one replace the text; true when they did.
    pub(super) fn walk(&mut self, ui: &Ui, id: Id, mode: Mode, text: &mut String) -> bool {
        let caret = TextEdit::load_state(ui, id)
            .and_then(|state| state.cursor.char_range())
            .and_then(|range| range.single())
            .map_or(usize::MAX, |caret| caret.index.into());
        let first = !text.chars().take(caret).any(|char| char == '\n');
        let last = !text.chars().skip(caret).any(|char| char == '\n');
        let mut step = 0_isize;
        ui.input_mut(|input| {
            input.events.retain(|event| match event {
                Event::Key { key: Key::ArrowUp, pressed: true, modifiers: Modifiers::NONE, .. } if first => {
                    step += 1;
                    false
                }
                Event::Key { key: Key::ArrowDown, pressed: true, modifiers: Modifiers::NONE, .. }
                    if last && self.back > 0 =>
                {
                    step -= 1;
                    false
                }
                _ => true,
            });
        });
        let walked = step != 0 && self.step(step, mode, text);
        if walked {
            let mut state = TextEdit::load_state(ui, id).unwrap_or_default();
            let end = CCursor::new(text.chars().count());
            state.cursor.set_char_range(Some(CCursorRange::one(end)));
            TextEdit::store_state(ui, id, state);
        }
        walked
    }

    fn step(&mut self, by: isize, mode: Mode, text: &mut String) -> bool {
        let texts: Vec<&String> = self.sent.iter().filter(|(kind, _)| *kind == mode).map(|(_, text)| text).collect();
        let back = self.back.saturating_add_signed(by).min(texts.len());
        if back == self.back {
            return false;
        }
        if self.back == 0 {
            self.draft.clone_from(text);
        }
        let chosen = if back == 0 { Some(&self.draft) } else { texts.get(texts.len() - back).copied() };
        if let Some(chosen) = chosen {
            text.clone_from(chosen);
        }
        self.back = back;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_go_back_and_return_to_the_draft() {
        let mut history = History::default();
        for text in ["one", "two", "two"] {
            history.keep(Mode::Text, text.to_owned());
        }
        history.keep(Mode::Hex, "ff".to_owned());
        let mut text = "draft".to_owned();
        assert!(history.step(1, Mode::Text, &mut text));
        assert_eq!(text, "two");
        assert!(history.step(1, Mode::Text, &mut text));
        assert_eq!(text, "one");
        assert!(!history.step(1, Mode::Text, &mut text));
        assert!(history.step(-2, Mode::Text, &mut text));
        assert_eq!(text, "draft");
        for (length, kept) in [(LONGEST, true), (LONGEST + 1, false)] {
            let mut history = History::default();
            history.keep(Mode::Text, "x".repeat(length));
            assert_eq!(history.step(1, Mode::Text, &mut text), kept);
        }
    }
}
