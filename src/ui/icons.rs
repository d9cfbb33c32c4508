//! Names for the glyphs of the icon fonts (`assets/fonts/Phosphor-*.ttf`), and nothing else.
//!
//! [`theme::install`](crate::ui::theme::install) appends the icon fonts to every family, so an icon is text:
//! put the constant into a label or in front of a word and it takes that text's size, colour and baseline.
//! A screen reader would read a private-use character as nothing: give each icon-only control a name.
//!
//! The code points are Phosphor 2.1's own; the filled forms are moved from `U+Exxx` to `U+Fxxx`, because
//! Phosphor gives both forms one code point. A new icon must be added to the subset first (`assets/README.md`).

/// Waves from a point: listen, a listener.
pub const BROADCAST: &str = "\u{e0f2}";
/// Two plugs: a client.
pub const PLUGS: &str = "\u{eb56}";
/// Two plugs and the spark between them: connect, an open connection.
pub const PLUGS_CONNECTED: &str = "\u{eb5a}";
/// Laboratory flask: labs.
pub const FLASK: &str = "\u{e79e}";
/// Opens a list below.
pub const CARET_DOWN: &str = "\u{e136}";
/// A folded branch.
pub const CARET_RIGHT: &str = "\u{e13a}";
/// Opens a list above; sorted ascending.
pub const CARET_UP: &str = "\u{e13c}";
/// One page back.
pub const CARET_LEFT: &str = "\u{e138}";
/// Find.
pub const MAGNIFYING_GLASS: &str = "\u{e30c}";
/// Light theme.
pub const SUN: &str = "\u{e472}";
/// Dark theme.
pub const MOON: &str = "\u{e330}";
/// Settings.
pub const GEAR_SIX: &str = "\u{e272}";
/// The conversation tab.
pub const CHAT_TEXT: &str = "\u{e17a}";
/// The journal tab.
pub const ROWS: &str = "\u{e5a2}";
/// The ladder tab.
pub const ARROWS_LEFT_RIGHT: &str = "\u{e0a0}";
/// The pictures tab.
pub const IMAGES: &str = "\u{e836}";
/// The HTTP tab.
pub const GLOBE: &str = "\u{e288}";
/// Dismiss, clear a field.
pub const X: &str = "\u{e4f6}";
/// Close a connection; a failure.
pub const X_CIRCLE: &str = "\u{e4f8}";
/// Half-close: this side has sent its last byte.
pub const ARROW_LINE_RIGHT: &str = "\u{e064}";
/// A child of the row above.
pub const ARROW_ELBOW_DOWN_RIGHT: &str = "\u{e046}";
/// Outbound, send.
pub const ARROW_RIGHT: &str = "\u{e06c}";
/// Inbound, recv.
pub const ARROW_LEFT: &str = "\u{e058}";
/// Up; older.
pub const ARROW_UP: &str = "\u{e08e}";
/// Down; follow the newest.
pub const ARROW_DOWN: &str = "\u{e03e}";
/// Copy to the clipboard.
pub const COPY: &str = "\u{e1ca}";
/// Done, chosen.
pub const CHECK: &str = "\u{e182}";
/// Send.
pub const PAPER_PLANE_RIGHT: &str = "\u{e396}";
/// A picture.
pub const IMAGE: &str = "\u{e2ca}";
/// A picture that does not decode.
pub const IMAGE_BROKEN: &str = "\u{e7a8}";
/// A file.
pub const FILE: &str = "\u{e230}";
/// A text file.
pub const FILE_TEXT: &str = "\u{e23a}";
/// Open a file or folder.
pub const FOLDER_OPEN: &str = "\u{e256}";
/// Start.
pub const PLAY: &str = "\u{e3d0}";
/// Stop.
pub const STOP: &str = "\u{e46c}";
/// Pause.
pub const PAUSE: &str = "\u{e39e}";
/// Delete.
pub const TRASH: &str = "\u{e4a6}";
/// Save to disk.
pub const DOWNLOAD_SIMPLE: &str = "\u{e20c}";
/// Load from disk, send a file.
pub const UPLOAD_SIMPLE: &str = "\u{e4c0}";
/// Enlarge.
pub const ARROWS_OUT_SIMPLE: &str = "\u{e0a6}";
/// Shrink, fold everything.
pub const ARROWS_IN: &str = "\u{e09a}";
/// Filter.
pub const FUNNEL: &str = "\u{e266}";
/// Send again and again.
pub const REPEAT: &str = "\u{e3f6}";
/// This PC on the network.
pub const WIFI_HIGH: &str = "\u{e4ea}";
/// A connection was accepted.
pub const HANDSHAKE: &str = "\u{e582}";
/// Something may be wrong.
pub const WARNING: &str = "\u{e4e0}";
/// Something is wrong here.
pub const WARNING_CIRCLE: &str = "\u{e4e2}";
/// More about this.
pub const INFO: &str = "\u{e2ce}";
/// Help.
pub const QUESTION: &str = "\u{e3e8}";
/// More, in a row.
pub const DOTS_THREE: &str = "\u{e1fe}";
/// More, in a column.
pub const DOTS_THREE_VERTICAL: &str = "\u{e208}";
/// Add; zoom in.
pub const PLUS: &str = "\u{e3d4}";
/// Remove; zoom out.
pub const MINUS: &str = "\u{e32a}";
/// Show.
pub const EYE: &str = "\u{e220}";
/// A list.
pub const LIST: &str = "\u{e2f0}";
/// Options.
pub const SLIDERS_HORIZONTAL: &str = "\u{e434}";
/// Keys.
pub const KEYBOARD: &str = "\u{e2d8}";
/// The command palette.
pub const COMMAND: &str = "\u{e1c4}";
/// This PC.
pub const DESKTOP: &str = "\u{e560}";
/// A server.
pub const HARD_DRIVES: &str = "\u{e2a0}";
/// A network adapter.
pub const NETWORK: &str = "\u{edde}";
/// Time of day.
pub const CLOCK: &str = "\u{e19a}";
/// A duration, a time limit.
pub const TIMER: &str = "\u{e492}";
/// Linked.
pub const LINK: &str = "\u{e2e2}";
/// The connection broke.
pub const LINK_BREAK: &str = "\u{e2e4}";
/// Not possible, refused.
pub const PROHIBIT: &str = "\u{e3de}";
/// Switch on or off.
pub const POWER: &str = "\u{e3da}";
/// Immediately; reset.
pub const LIGHTNING: &str = "\u{e2de}";
/// A notice.
pub const BELL: &str = "\u{e0ce}";
/// Fold or unfold a side panel.
pub const SIDEBAR_SIMPLE: &str = "\u{ec24}";
/// Again, redo.
pub const ARROW_CLOCKWISE: &str = "\u{e036}";
/// Undo, back to the defaults.
pub const ARROW_COUNTER_CLOCKWISE: &str = "\u{e038}";
/// Opens outside this window.
pub const ARROW_SQUARE_OUT: &str = "\u{e5de}";
/// A number.
pub const HASH: &str = "\u{e2a2}";
/// Text size, encoding.
pub const TEXT_AA: &str = "\u{e6ee}";
/// Bytes, hex.
pub const BINARY: &str = "\u{ee60}";
/// Source.
pub const CODE: &str = "\u{e1bc}";
/// A tree.
pub const TREE_STRUCTURE: &str = "\u{e67c}";
/// One peer.
pub const USER: &str = "\u{e4c2}";
/// Several peers.
pub const USERS: &str = "\u{e4d6}";
/// Keep.
pub const STAR: &str = "\u{e46a}";
/// A remark.
pub const NOTE: &str = "\u{e348}";
/// Clear the view.
pub const BROOM: &str = "\u{ec54}";
/// Save.
pub const FLOPPY_DISK: &str = "\u{e248}";
/// To the end.
pub const SKIP_FORWARD: &str = "\u{e5a6}";
/// The address as a QR code.
pub const QR_CODE: &str = "\u{e3e6}";
/// Succeeded.
pub const CHECK_CIRCLE: &str = "\u{e184}";
/// A ring: idle, not chosen.
pub const CIRCLE: &str = "\u{e18a}";
/// Activity.
pub const PULSE: &str = "\u{e000}";
/// Speed.
pub const GAUGE: &str = "\u{e628}";
/// Pin.
pub const PUSH_PIN: &str = "\u{e3e2}";
/// Protected, read-only.
pub const LOCK: &str = "\u{e2fa}";
/// A closed folder.
pub const FOLDER: &str = "\u{e24a}";
/// Several files.
pub const FILES: &str = "\u{e710}";
/// Enlarge the picture.
pub const MAGNIFYING_GLASS_PLUS: &str = "\u{e310}";
/// Shrink the picture.
pub const MAGNIFYING_GLASS_MINUS: &str = "\u{e30e}";
/// Fit into the window.
pub const FRAME_CORNERS: &str = "\u{e626}";
/// The Enter key.
pub const ARROW_ELBOW_DOWN_LEFT: &str = "\u{e044}";
/// Edit.
pub const PENCIL_SIMPLE: &str = "\u{e3b4}";
/// Read about it.
pub const BOOK_OPEN: &str = "\u{e0e6}";
/// Language.
pub const TRANSLATE: &str = "\u{e4a2}";
/// To the last row.
pub const ARROW_LINE_DOWN: &str = "\u{e05c}";
/// Paste.
pub const CLIPBOARD: &str = "\u{e196}";
/// Attach.
pub const PAPERCLIP: &str = "\u{e39a}";
/// One plug: one end of a connection.
pub const PLUG: &str = "\u{e946}";
/// A fault to look into.
pub const BUG: &str = "\u{e5f4}";
/// Light or dark as the system says.
pub const CIRCLE_HALF: &str = "\u{e18c}";
/// Hide.
pub const EYE_SLASH: &str = "\u{e224}";
/// A curve over time.
pub const CHART_LINE: &str = "\u{e154}";
/// Nothing here yet.
pub const TRAY: &str = "\u{e4aa}";

/// The filled plane of the one Send button.
pub const PAPER_PLANE_RIGHT_FILL: &str = "\u{f396}";
/// Filled: start.
pub const PLAY_FILL: &str = "\u{f3d0}";
/// Filled: stop.
pub const STOP_FILL: &str = "\u{f46c}";
/// Filled: pause.
pub const PAUSE_FILL: &str = "\u{f39e}";
/// Filled: kept.
pub const STAR_FILL: &str = "\u{f46a}";
/// Filled: succeeded, in a notice.
pub const CHECK_CIRCLE_FILL: &str = "\u{f184}";
/// Filled: failed, in a notice.
pub const X_CIRCLE_FILL: &str = "\u{f4f8}";
/// Filled: warning, in a notice.
pub const WARNING_FILL: &str = "\u{f4e0}";
/// Filled: error, beside a field.
pub const WARNING_CIRCLE_FILL: &str = "\u{f4e2}";
/// Filled: information, in a notice.
pub const INFO_FILL: &str = "\u{f2ce}";
/// A disc: running, chosen.
pub const CIRCLE_FILL: &str = "\u{f18a}";
/// Filled: pinned.
pub const PUSH_PIN_FILL: &str = "\u{f3e2}";
/// A filled triangle: bytes received.
pub const CARET_DOWN_FILL: &str = "\u{f136}";
/// A filled triangle: bytes sent.
pub const CARET_UP_FILL: &str = "\u{f13c}";
