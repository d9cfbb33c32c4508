//! What is put to what was typed: line end, escapes, fields, checksum.

use egui::{ScrollArea, Ui};

use super::draft::Draft;
use crate::{
    model::{
        Encoding, LineEnd,
        compose::{ByteOrder, Checksum, Notation, Options},
    },
    ui::kit,
    words::text,
};

/// The height of the list of checksums, where the window has room for it.
const LIST: f32 = 440.0;

/// The choices at the end of the line below the box, from its right end on.
pub(super) fn additions(ui: &mut Ui, draft: &mut Draft) {
    let mut options = draft.options();
    let fields = kit::Button::quiet(None, "{ }").mono().on(options.fields).name(text!("Fields")).tooltip(text!(
            "Fill in {counter}, {time} and {random:8}, each time anew. Also {counter:start=1,step=1,digits=4}, {counter:u16be}, {time:%H:%M:%S}, {time:ms}, {random:8,hex}. All other braces stay as they are"
        ));
    if ui.add(fields).clicked() {
        options.fields = !options.fields;
    }
    if draft.notation() == Notation::Text {
        let escapes = kit::Button::quiet(None, r"\n")
            .mono()
            .on(options.escapes)
            .name(text!("Escapes"))
            .tooltip(text!("Read \\r \\n \\t \\0 \\e \\\\ \\xNN \\u{4f60} \\u4f60 as what they stand for"));
        if ui.add(escapes).clicked() {
            options.escapes = !options.escapes;
        }
        let ends = [(LineEnd::None, text!("no line end")), (LineEnd::Lf, "LF"), (LineEnd::CrLf, "CRLF")];
        let select = kit::Select::new(text!("Line end"), &mut options.line_end, &ends).quiet();
        ui.add(select).on_hover_text(text!("What is sent after each line"));
    }
    if options != draft.options() {
        draft.choose(options);
    }
}

/// The choice of a checksum, each with its value for what is typed.
pub(super) fn checksum(ui: &mut Ui, draft: &mut Draft, encoding: Encoding) {
    let options = draft.options();
    let chosen = options.checksum;
    let shown = if chosen == Checksum::None { text!("No checksum") } else { chosen.name() };
    let name = text!("Checksum: {name}", name = shown);
    let tip = text!("Appended to what is sent, over all bytes before it; before the line end of the last line");
    let button = kit::Button::quiet(None, shown).caret().name(&name).tooltip(tip);
    let button = ui.add(if chosen == Checksum::None { button } else { button.on(true) });
    let mut next = options;
    kit::popup_menu(&button, |ui| {
        let room = (ui.ctx().content_rect().height() * 0.55).min(LIST);
        ScrollArea::vertical().max_height(room).show(ui, |ui| checksums(ui, draft, encoding, &mut next));
        orders(ui, &mut next);
    });
    if next != options {
        draft.choose(next);
    }
}

fn checksums(ui: &mut Ui, draft: &mut Draft, encoding: Encoding, next: &mut Options) {
    let options = *next;
    let sums = draft.sums(encoding);
    for sum in Checksum::ALL {
        let value = sums.iter().find(|(known, _)| *known == sum).map(|(_, bytes)| bytes.as_slice());
        let value: Vec<String> = value.unwrap_or_default().iter().map(|byte| format!("{byte:02X}")).collect();
        if kit::menu_choice(ui, options.checksum == sum, sum.name(), &value.join(" ")).clicked() {
            (next.checksum, next.byte_order) = (sum, ByteOrder::Usual);
        }
    }
}

fn orders(ui: &mut Ui, next: &mut Options) {
    let options = *next;
    kit::menu_separator(ui);
    let orders = [(ByteOrder::Low, text!("Low byte first")), (ByteOrder::High, text!("High byte first"))];
    for (order, name) in orders {
        let is_told = options.checksum.width() > 1 || options.byte_order != ByteOrder::Usual;
        let chosen = is_told && options.checksum.order(options.byte_order) == order;
        if kit::menu_choice(ui, chosen, name, "").clicked() {
            next.byte_order = order;
        }
    }
}
