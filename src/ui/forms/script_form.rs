//! What a client says by itself, as it is typed, and how it is drawn.

use egui::Ui;
use serde::{Deserialize, Serialize};

use crate::{
    model::{Script, compose},
    ui::{
        kit::{
            self,
            form::{self, FieldErrors},
        },
        theme::SPACE_SMALL,
    },
    words::text,
};

/// A client's script as it is typed.
#[expect(clippy::struct_excessive_bools, reason = "one check box each")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScriptForm {
    /// One message a line, with escapes such as `\n` in it.
    pub say: String,
    /// Nothing is sent before the peer has said something.
    pub receive_first: bool,
    /// Each message but the first waits for an answer.
    pub take_turns: bool,
    /// The connection is closed after this was sent; empty for never.
    pub stop_on: String,
    /// The connection is closed when the last message was answered.
    pub close_after_reply: bool,
    /// Lines of standard input follow: for the command line, a person here types anyway.
    pub from_user: bool,
    /// How many such clients there are at once; only where a lab has many.
    #[serde(skip)]
    pub crowd: Option<String>,
}

impl ScriptForm {
    /// The form with the values of a script.
    #[must_use]
    pub fn new(script: &Script, crowd: Option<u32>) -> Self {
        let lines: Vec<String> = script.send.iter().map(|line| compose::escaped(line)).collect();
        Self {
            say: lines.join("\n"),
            receive_first: script.receive_first,
            take_turns: script.take_turns,
            stop_on: script.stop_on.as_deref().map(compose::escaped).unwrap_or_default(),
            close_after_reply: script.close_after_reply,
            from_user: script.from_user,
            crowd: crowd.map(|count| count.to_string()),
        }
    }

    /// What is typed.
    #[must_use]
    pub fn value(&self) -> Script {
        let said = self.say.lines().filter(|line| !line.is_empty());
        Script {
            receive_first: self.receive_first,
            send: said.map(compose::unescaped).collect(),
            from_user: self.from_user,
            take_turns: self.take_turns,
            stop_on: Some(compose::unescaped(&self.stop_on)).filter(|stop| !stop.is_empty()),
            close_after_reply: self.close_after_reply,
        }
    }

    /// How many such clients there are at once, if a lab has many; adds what is wrong with the number.
    pub fn crowd(&self, errors: &mut FieldErrors) -> Option<u32> {
        self.crowd.as_ref().map(|count| errors.number("crowd", count, (1, 200), 1))
    }

    /// True when a connection with this form does something by itself.
    pub(super) fn acts(&self) -> bool {
        *self != Self { from_user: self.from_user, ..Self::default() }
    }
}

/// Draws the fields.
pub(super) fn show(ui: &mut Ui, form: &mut ScriptForm, errors: &FieldErrors) {
    form::row_gap(ui);
    let label = text!("Say by itself, one message a line");
    let hint = text!("nothing; \\n is a line feed");
    kit::field(ui, label, None, |ui| kit::text_area(ui, label, &mut form.say, hint, false, (2, 5)));
    form::row_gap(ui);
    let half = (ui.available_width() - form::GAP) / 2.0;
    form::columns(ui, |ui| {
        form::column(ui, half, |ui| {
            form::text(ui, "stop_on", text!("Close after sending"), text!("never"), &mut form.stop_on, errors);
        });
        if let Some(count) = &mut form.crowd {
            form::column(ui, half, |ui| {
                form::text(ui, "crowd", text!("Clients at once"), "8", count, errors);
            });
        }
    });
    ui.add_space(SPACE_SMALL);
    kit::checkbox(ui, &mut form.receive_first, text!("Wait until the peer has said something"));
    kit::checkbox(ui, &mut form.take_turns, text!("Wait for an answer before the next message"));
    kit::checkbox(ui, &mut form.close_after_reply, text!("Close when the last message was answered"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_comes_back_as_it_went_in() {
        let script = Script {
            receive_first: true,
            send: vec!["0\n".into(), "a\\b".into(), "exit".into()],
            from_user: true,
            take_turns: true,
            stop_on: Some("exit".into()),
            close_after_reply: false,
        };
        let form = ScriptForm::new(&script, Some(8));
        assert_eq!(form.say, "0\\n\na\\\\b\nexit");
        assert_eq!(form.value(), script);
        assert_eq!(form.crowd(&mut FieldErrors::default()), Some(8));
        assert!(form.acts() && !ScriptForm::new(&Script { from_user: true, ..Script::default() }, None).acts());
    }
}
