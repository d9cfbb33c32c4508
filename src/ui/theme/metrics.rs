//! Every size, gap and width that more than one view has.

/// The grid, in points.
pub const SPACE: f32 = 8.0;
/// Half a step of the grid: inside controls.
pub const SPACE_SMALL: f32 = 4.0;
/// Between groups; the margin of side panels.
pub const SPACE_LARGE: f32 = 16.0;
/// Height of the top bar.
pub const TOP_BAR: f32 = 44.0;
/// Height of the row of view tabs.
pub const TAB_ROW: f32 = 38.0;
/// Height of the status bar.
pub const STATUS_BAR: f32 = 26.0;
/// Height of a table row.
pub const TABLE_ROW: f32 = 25.0;
/// Height of a control.
pub const CONTROL: f32 = 28.0;
/// Height of a control in a row of tools.
pub const CONTROL_TOOL: f32 = 26.0;
/// Height of a page's main action.
pub const CONTROL_MAIN: f32 = 32.0;
/// From one line of text in a bubble to the next: frames around single characters do not touch.
pub const TEXT_LINE: f32 = 18.0;
/// Height of the frame around the name of a control character.
pub const MARK: f32 = 15.0;
/// Corners of controls.
pub const RADIUS: u8 = 6;
/// Corners of message bubbles.
pub const RADIUS_BUBBLE: u8 = 9;
/// Corners of cards and windows.
pub const RADIUS_CARD: u8 = 12;
/// First width of the list of sessions.
pub const SIDE_PANEL: f32 = 248.0;
/// First width of the inspector.
pub const INSPECTOR: f32 = 288.0;
/// Width of the keyboard focus ring, drawn inside the control so that nothing clips it.
pub const FOCUS_RING: f32 = 2.0;
/// Longest animation in seconds.
pub const MOTION: f32 = 0.12;
/// Room between two columns of a form, and between two cards.
pub const GAP: f32 = 10.0;
/// Width of a column for a port.
pub const PORT: f32 = 80.0;
/// Width of a button beside a field.
pub const COLUMN: f32 = 96.0;
/// Room between the edge of a card or dialog and what stands in it.
pub const INSET: f32 = 18.0;
/// Height of a row of a list that is pressed: an address, a beginning.
pub const ROW: f32 = 40.0;
/// Width of a form in a dialog.
pub const DIALOG_S: f32 = 400.0;
/// Width of a question, an offer, the palette.
pub const DIALOG_M: f32 = 480.0;
/// Width of what is read: help, the labs.
pub const DIALOG_L: f32 = 640.0;
/// Width of a form with rules, whose rows have several fields.
pub const DIALOG_XL: f32 = 760.0;
/// The side of the code that a phone reads.
pub const CODE: f32 = 148.0;
