//! The table of a dialog's rules: what is typed into it, what it means, and how it is drawn.

use egui::{Align, Layout, Ui};
use serde::{Deserialize, Serialize};

use crate::{
    model::{
        Dialog, LineEnd, Rule, When,
        compose::{self, ByteOrder, Checksum},
    },
    ui::{
        action::{Action, Pick},
        icons,
        kit::{
            self, Button, Select, TextField,
            form::{self, FieldErrors},
        },
        theme::{self, CONTROL, Palette, SPACE, SPACE_SMALL},
    },
    words::text,
};

/// From this width on a rule is one row; below it is two.
const WIDE: f32 = 560.0;
const KIND: f32 = 112.0;
const DELAY: f32 = 72.0;
const ENDS: f32 = 64.0;
/// The three buttons at the end of a rule.
const BUTTONS: f32 = 3.0 * CONTROL;
const GAP: f32 = 6.0;
/// The longest pause before an answer in milliseconds.
const LONGEST: u32 = 60_000;

/// A rule as it is typed. Replies have escapes such as `\n` in them, patterns do not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleForm {
    /// How the pattern is compared.
    pub when: When,
    /// What is looked for.
    pub pattern: String,
    /// What is answered.
    pub reply: String,
    /// Milliseconds before the answer; empty for none.
    pub delay: String,
    /// The connection is closed after the answer.
    pub ends: bool,
}

/// A dialog as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DialogForm {
    /// Said first.
    pub greeting: String,
    /// In this order.
    pub rules: Vec<RuleForm>,
    /// Answers what no rule fits.
    pub otherwise: String,
    /// What is said and looked for is hex.
    pub hex: bool,
    /// `{counter}` and the like are filled in.
    pub fields: bool,
    /// What is appended to everything that is said.
    pub checksum: Checksum,
    /// How the checksum stands.
    pub byte_order: ByteOrder,
    /// What stands behind that.
    pub line_end: LineEnd,
}

impl RuleForm {
    fn new(rule: &Rule, shown: impl Fn(&str) -> String) -> Self {
        Self {
            when: rule.when,
            pattern: rule.pattern.clone(),
            reply: shown(&rule.reply),
            delay: if rule.delay_ms == 0 { String::new() } else { rule.delay_ms.to_string() },
            ends: rule.ends,
        }
    }

    fn delay(&self) -> Option<u32> {
        if self.delay.trim().is_empty() {
            return Some(0);
        }
        self.delay.trim().parse().ok().filter(|delay| *delay <= LONGEST)
    }

    fn rule(&self, meant: impl Fn(&str) -> String) -> Rule {
        Rule {
            when: self.when,
            pattern: self.pattern.clone(),
            reply: meant(&self.reply),
            delay_ms: self.delay().unwrap_or(0),
            ends: self.ends,
        }
    }
}

impl DialogForm {
    /// The form with the values of a dialog.
    #[must_use]
    pub fn new(dialog: &Dialog) -> Self {
        // Escapes of the dialog's own are shown as they are.
        let as_it_is = dialog.escapes || dialog.hex;
        let shown = |text: &str| if as_it_is { text.to_owned() } else { compose::escaped(text) };
        let Dialog { hex, fields, checksum, byte_order, line_end, .. } = *dialog;
        Self {
            greeting: shown(&dialog.greeting),
            rules: dialog.rules.iter().map(|rule| RuleForm::new(rule, shown)).collect(),
            otherwise: shown(&dialog.otherwise),
            hex,
            fields,
            checksum,
            byte_order,
            line_end,
        }
    }

    /// What is typed.
    #[must_use]
    pub fn value(&self) -> Dialog {
        // Only where an escape is a byte and no character, a dialog has to have escapes.
        let mut said = self.rules.iter().map(|rule| &rule.reply).chain([&self.greeting, &self.otherwise]);
        let escapes = !self.hex && said.any(|text| compose::has_bytes(text));
        let as_it_is = escapes || self.hex;
        let meant = |text: &str| if as_it_is { text.to_owned() } else { compose::unescaped(text) };
        let Self { hex, fields, checksum, byte_order, line_end, .. } = *self;
        Dialog {
            greeting: meant(&self.greeting),
            rules: self.rules.iter().map(|rule| rule.rule(meant)).collect(),
            otherwise: meant(&self.otherwise),
            hex,
            escapes,
            fields,
            checksum,
            byte_order,
            line_end,
        }
    }

    /// What is typed; a delay that is no number is an error.
    pub(super) fn read(&self, errors: &mut FieldErrors) -> Dialog {
        if self.rules.iter().any(|rule| rule.delay().is_none()) {
            errors.add("dialog", wrong_delay());
        }
        self.value()
    }
}

fn wrong_delay() -> String {
    text!("The delay is a number of milliseconds from 0 to {most}", most = LONGEST)
}

/// What is to happen to a rule.
enum Edit {
    Up,
    Down,
    Remove,
}

/// Draws the table; `faults` says what is wrong with each rule, with empty words where nothing is.
pub fn show(ui: &mut Ui, form: &mut DialogForm, faults: &[String], actions: &mut Vec<Action>) {
    let wide = ui.available_width() >= WIDE;
    form::row_gap(ui);
    line(ui, text!("Greeting"), text!("Sent first; nothing when empty"), &mut form.greeting);
    form::row_gap(ui);
    kit::field_label(ui, text!("Rules: the first one that fits a message answers"));
    ui.add_space(SPACE_SMALL);
    if wide && !form.rules.is_empty() {
        heads(ui);
    }
    let count = form.rules.len();
    let mut edit = None;
    for (index, rule) in form.rules.iter_mut().enumerate() {
        ui.push_id(("rule", index), |ui| {
            let place = Place { number: index + 1, first: index == 0, last: index + 1 == count };
            let asked = if wide { row(ui, rule, &place) } else { pair(ui, rule, &place) };
            edit = edit.take().or(asked.map(|asked| (index, asked)));
            let delay = rule.delay().is_none().then(wrong_delay);
            let fault = faults.get(index).filter(|fault| !fault.is_empty()).cloned();
            for words in delay.into_iter().chain(fault) {
                fault_line(ui, &words);
            }
        });
        ui.add_space(if wide { 2.0 } else { SPACE });
    }
    if let Some((index, edit)) = edit {
        match edit {
            Edit::Up => form.rules.swap(index, index.saturating_sub(1)),
            Edit::Down if index + 1 < count => form.rules.swap(index, index + 1),
            Edit::Down => {}
            Edit::Remove => {
                form.rules.remove(index);
            }
        }
    }
    ui.add_space(SPACE_SMALL);
    if ui.add(Button::raised(icons::PLUS, text!("Add a rule"))).clicked() {
        form.rules.push(RuleForm::default());
    }
    form::row_gap(ui);
    line(ui, text!("Reply to all else"), text!("Nothing when empty"), &mut form.otherwise);
    form::row_gap(ui);
    how(ui, form);
    ui.add_space(SPACE_SMALL);
    let palette = Palette::of(ui);
    let help = text!(
        "In replies: \\n line feed · $1 a group of the regular expression · ${count} how often this rule answered · ${total} how many messages came · $$ a dollar sign"
    );
    ui.add(egui::Label::new(egui::RichText::new(help).font(theme::label()).color(palette.muted)).wrap());
    ui.add_space(SPACE_SMALL);
    ui.horizontal(|ui| {
        let open = Button::quiet(icons::FOLDER_OPEN, text!("Open…")).name(text!("Open a script file…"));
        if ui.add(open).clicked() {
            actions.push(Action::Choose(Pick::Script));
        }
        let save = Button::quiet(icons::FLOPPY_DISK, text!("Save…")).name(text!("Save as a script file…"));
        if ui.add(save).clicked() {
            actions.push(Action::SaveScript(Box::new(form.value())));
        }
        let hint = text!("a script file, as listen dialog --script takes it");
        ui.add(egui::Label::new(egui::RichText::new(hint).font(theme::label()).color(palette.muted)).truncate());
    });
}

/// How everything that is said becomes bytes.
fn how(ui: &mut Ui, form: &mut DialogForm) {
    ui.horizontal_wrapped(|ui| {
        kit::checkbox(ui, &mut form.hex, text!("Hex"))
            .on_hover_text(text!("What is said and looked for is hex; a regular expression sees messages as 01 03 FF"));
        kit::checkbox(ui, &mut form.fields, text!("Fields"))
            .on_hover_text(text!("{counter}, {time} and {random:8} in what is said are filled in"));
        let sums =
            Checksum::ALL.map(|sum| (sum, if sum == Checksum::None { text!("No checksum") } else { sum.name() }));
        if ui.add(Select::new(text!("Checksum of replies"), &mut form.checksum, &sums)).changed() {
            form.byte_order = ByteOrder::Usual;
        }
        if !form.hex {
            let ends = [(LineEnd::None, text!("no line end")), (LineEnd::Lf, "LF"), (LineEnd::CrLf, "CRLF")];
            ui.add(Select::new(text!("Line end of replies"), &mut form.line_end, &ends));
        }
    });
}

/// Where a rule stands.
struct Place {
    number: usize,
    first: bool,
    last: bool,
}

fn line(ui: &mut Ui, label: &str, hint: &str, value: &mut String) {
    let width = ui.available_width();
    kit::field(ui, label, None, |ui| ui.add(TextField::new(label, value).hint(hint).mono(true).width(width)));
}

fn fault_line(ui: &mut Ui, words: &str) {
    ui.add_space(2.0);
    let color = Palette::of(ui).bad;
    let words = format!("{} {words}", icons::WARNING_CIRCLE);
    ui.add(egui::Label::new(egui::RichText::new(words).font(theme::label()).color(color)).wrap());
}

/// What is left for pattern and reply in one row.
fn texts(ui: &Ui) -> (f32, f32) {
    let left = ui.available_width() - KIND - DELAY - ENDS - BUTTONS - 5.0 * GAP;
    ((left * 0.45).floor(), (left * 0.55).floor())
}

fn heads(ui: &mut Ui) {
    let (pattern, reply) = texts(ui);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        let color = Palette::of(ui).muted;
        let heads = [
            (text!("The message"), KIND),
            (text!("Pattern"), pattern),
            (text!("Reply"), reply),
            (text!("Delay, ms"), DELAY),
        ];
        for (words, width) in heads {
            form::column(ui, width, |ui| {
                ui.label(egui::RichText::new(words).font(theme::caption()).color(color));
            });
        }
    });
}

fn row(ui: &mut Ui, rule: &mut RuleForm, place: &Place) -> Option<Edit> {
    let (pattern, reply) = texts(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        kind(ui, rule, place, KIND);
        pattern_field(ui, rule, place, pattern);
        reply_field(ui, rule, place, reply);
        delay_field(ui, rule, place);
        ends_box(ui, rule);
        buttons(ui, place)
    })
    .inner
}

fn pair(ui: &mut Ui, rule: &mut RuleForm, place: &Place) -> Option<Edit> {
    let width = ui.available_width();
    let edit = ui
        .horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            kind(ui, rule, place, KIND);
            pattern_field(ui, rule, place, width - KIND - BUTTONS - 2.0 * GAP);
            buttons(ui, place)
        })
        .inner;
    ui.add_space(2.0);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        reply_field(ui, rule, place, width - DELAY - ENDS - 2.0 * GAP);
        delay_field(ui, rule, place);
        ends_box(ui, rule);
    });
    edit
}

fn kind(ui: &mut Ui, rule: &mut RuleForm, place: &Place, width: f32) {
    let options = [
        (When::Exact, text!("is")),
        (When::Contains, text!("contains")),
        (When::StartsWith, text!("starts with")),
        (When::EndsWith, text!("ends with")),
        (When::Regex, text!("fits regex")),
    ];
    let name = text!("Kind of rule {number}", number = place.number);
    ui.add(Select::new(&name, &mut rule.when, &options).width(width));
}

fn pattern_field(ui: &mut Ui, rule: &mut RuleForm, place: &Place, width: f32) {
    let name = text!("Pattern of rule {number}", number = place.number);
    ui.add(TextField::new(&name, &mut rule.pattern).hint(text!("pattern")).mono(true).width(width));
}

fn reply_field(ui: &mut Ui, rule: &mut RuleForm, place: &Place, width: f32) {
    let name = text!("Reply of rule {number}", number = place.number);
    ui.add(TextField::new(&name, &mut rule.reply).hint(text!("reply")).mono(true).width(width));
}

fn delay_field(ui: &mut Ui, rule: &mut RuleForm, place: &Place) {
    let name = text!("Delay of rule {number}, milliseconds", number = place.number);
    let wrong = rule.delay().is_none();
    let field = TextField::new(&name, &mut rule.delay).hint(text!("0 ms")).mono(true).error(wrong).width(DELAY);
    ui.add(field).on_hover_text(text!("Milliseconds before the answer"));
}

fn ends_box(ui: &mut Ui, rule: &mut RuleForm) {
    let hint = text!("The connection is closed after this answer");
    kit::checkbox(ui, &mut rule.ends, text!("Ends")).on_hover_text(hint);
}

fn buttons(ui: &mut Ui, place: &Place) -> Option<Edit> {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let mut edit = None;
        let number = place.number;
        let choices = [
            (icons::X, text!("Remove rule {number}", number = number), true, Edit::Remove),
            (icons::ARROW_DOWN, text!("Move rule {number} down", number = number), !place.last, Edit::Down),
            (icons::ARROW_UP, text!("Move rule {number} up", number = number), !place.first, Edit::Up),
        ];
        for (icon, name, enabled, what) in choices {
            if ui.add_enabled(enabled, Button::icon(icon, &name)).clicked() {
                edit = Some(what);
            }
        }
        edit
    })
    .inner
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialog_comes_back_as_it_went_in() {
        let rule = Rule {
            when: When::Regex,
            pattern: r"^(\d+)\n".into(),
            reply: "a\\n\n\t$1\r".into(),
            delay_ms: 20,
            ends: true,
        };
        let dialog =
            Dialog { greeting: "hi\r\n".into(), rules: vec![rule], otherwise: "\\".into(), ..Dialog::default() };
        let form = DialogForm::new(&dialog);
        assert_eq!(form.greeting, "hi\\r\\n");
        assert_eq!(form.value(), dialog);
        let form = DialogForm { greeting: "\\x02\\n".into(), ..DialogForm::default() };
        assert!(!form.value().escapes && form.value().greeting == "\u{2}\n", "characters need no escapes");
        let form = DialogForm { otherwise: "\\xff".into(), checksum: Checksum::Sum8, ..form };
        let dialog = form.value();
        assert!(dialog.escapes && dialog.otherwise == "\\xff" && dialog.greeting == "\\x02\\n");
        assert_eq!(DialogForm::new(&dialog).value(), dialog);
    }

    #[test]
    fn a_delay_that_is_no_number_is_an_error() {
        let rules = vec![RuleForm { delay: "soon".into(), ..RuleForm::default() }];
        let mut errors = FieldErrors::default();
        DialogForm { rules, ..DialogForm::default() }.read(&mut errors);
        assert!(errors.of("dialog").is_some_and(|words| words.contains("60000")));
    }
}
