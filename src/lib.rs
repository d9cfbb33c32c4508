//! Socketlab: a socket playground. Start a listener or connect, exchange text and pictures, and see every byte that
//! passed, when, and between which two names.
//!
//! # One engine, two faces
//!
//! ```text
//!           main.rs
//!          /       \
//!       app          cli            LAYER 3  wiring: eframe application | headless commands
//!        |            |
//!        ui           |             LAYER 2  widgets: data in, actions out
//!         \           |
//!          \       engine           LAYER 2  sockets: tokio; never egui, never clap, never prints
//!           \      /     \
//!        journal    http  respond   LAYER 1  what happened, bounded | HTTP over any stream | what a listener answers
//!           \       /  lessons  media        the labs | which pictures are in the bytes; decoding with limits
//!            \     /  snippet                the same as a program for curl, Python, nc, socat, Rust
//!            model, words, memory   LAYER 0  plain data | every text for a person | one budget for all that is kept
//! ```
//!
//! An arrow goes down only, between these and between the folders inside them, and no files need one another in a circle:
//! `tests/layers.rs` follows every name to the file that declares it. `cargo check --no-default-features` proves that
//! nothing below `ui` needs egui.
//!
//! # Inside the engine
//!
//! ```text
//! dispatch    commands in, notices out; starts and stops sessions     presence    tells of addresses that are lost
//! keep        what a connection receives, into a file
//! session/    one file a kind of session: listen, connect, datagram, request
//! task/       what runs on one connection: raw conversation, HTTP, a file on its way
//! observe/    tap, recorder, picture finder, lifecycle, health
//! net/        sockets only: resolve, bind, connect, options, names, interfaces     shared/  registry, control, delivery
//! ```
//!
//! - *Wire*: `net` gives a connection as one trait object; wires stack, and nothing above asks what is below.
//! - *Control*: one channel a connection tells its task what to do. What moves bytes keeps its order and waits for room;
//!   what cannot wait overtakes it. What a connection did not get out when it ended is said.
//! - *Delivery*: the one way for bytes from a person, a file, standard input, a script or another peer. Each peer has its own
//!   bounded queue; who can wait does, for the slowest; who cannot leaves a record that names the peer and the bytes. Input
//!   for a listener that nobody has called yet waits.
//! - What can hang (`stat`, `/proc`, a name server) does not belong on a thread of the runtime.
//!
//! # The way of a byte
//!
//! A wire is wrapped in a *tap* before anybody reads or writes it. For every system call that moved bytes the tap's
//! *recorder* writes one *record* into the [`journal`], whatever protocol runs above; a datagram socket has a recorder for
//! each peer and direction. A record says what the system said: names are asked of it after the fact, counts are what it took, an error is its own number. Lifecycle facts (bound,
//! accepted, half-closed, reset, failed, closed by whom) are records as well, and the end of a connection is written exactly
//! once. Records are numbered without gaps and live in blocks; the oldest block is evicted when the budget is full, so
//! readers hold numbers, never positions.
//!
//! Beside the record the recorder looks for pictures by their own bytes ([`media::Scanner`]) and puts them into the object
//! store while they come; a picture is a range of offsets in its direction of the stream. In a flood (more than 16 MiB at more than 32 MiB/s in one direction of one connection, or more than
//! 64 MiB at more than 32 MiB/s over all) only the beginning of each call's bytes is kept and searched, so that the log
//! does not slow the socket.
//!
//! A reader that must lose nothing (`--json`, `--log-file`) is a [`journal::Follower`]: eviction never passes it, and
//! when it is a full budget behind, the taps wait. That is the one case in which logging slows a socket.
//! All that a connection receives goes into a file through one as well ([`engine::Command::Keep`]).
//!
//! # HTTP
//!
//! [`http`] is handed bytes and streams, not sockets. What comes in answer to a request is read by a reader of our own
//! ([`http::client`]), because what a library refuses is what a person wants to see here, with words on what is wrong;
//! hyper parses what listeners are asked, and what it refuses is explained by our own reader ([`http::message::misread`]). Each
//! answered request is a record more: what was asked for, the status, how much and how long.
//!
//! What lies below a served folder is opened name by name from the folder itself, and no link is followed that way; links
//! that stay inside are resolved first. A folder is listed once for all who ask at the same time, within the sites' share of
//! memory. Pages are put together so that only literals of this program act in them, without a template engine.
//!
//! # What a listener answers
//!
//! A value, not code in the accept loop: [`respond`] has a file for each responder and one table of them, which the command
//! line, the form, the inspector and the session file read. [`lessons`] are presets over general parts: a lab can do nothing
//! that a person could not set by hand. [`snippet`] writes a session as a program that runs as it stands.
//!
//! Times are the wall clock's, in order between two jumps; when that clock is set or the computer slept, the jump is a record
//! of its own. Spans (idle time-outs, how long a connection was open) are by a clock that never steps.
//!
//! # Memory
//!
//! There is one budget for all that is kept ([`memory::Memory`]): an eighth of what machine, container and `ulimit` leave
//! the program, 512 MiB at most, or what a person sets. Journal, pictures, sites and textures each have a share and evict
//! their own. Without a window nobody looks back, so only what a reader has not read yet is kept. What was freed goes back
//! to the system when nothing has happened for a minute, or when a person clears.
//!
//! # Engine and faces
//!
//! Commands go into the engine through one bounded queue, with ids chosen by the caller; notices come out through
//! another and are never dropped ([`engine::Command`], [`engine::Notice`]). The engine knows no window: it is given a
//! function that wakes whoever reads, which it calls at most once until the reader says that it has read.
//! The state of a connection (bytes, calls, state, newest record) is in [`journal::Connection`], shared by `Arc`, so that
//! a table of thousands of connections costs no messages. What may change while it lives (receive size, NODELAY) is there
//! too, with the record from which on it holds ([`engine::Command::Set`]). Who may wait hands bytes in through an
//! [`engine::Outbox`]. `examples/` has three programs on this.
//!
//! A failure carries kinds and numbers ([`model::Failure`]); its words are made where it is shown, so that what is recorded
//! does not depend on the language.
//!
//! # The window
//!
//! What a person did, the engine told and a worker brought is an event. `app/update` alone takes it into `app/model`, which
//! is data without a context of the toolkit, a channel or a thread, and gives back effects, which `app/effects` carries out:
//! the engine, threads, dialogs, files, the desktop. A worker knows the type of its own result and no other. `app/draw`
//! turns the model into the input of the widgets in `ui`, writes what a person types into a field, and gives back what they
//! ask for. `window.rs` passes between them. So a rule ("what comes from the network never moves the selection, the tab, the
//! keyboard or a form, and never changes whom a draft is for") is one place and one test without a display:
//! `app/update/tests.rs`. What is typed is a draft of the session or connection it is typed for.
//!
//! What a person can ask for is one enum, [`ui::action::Action`]: widgets, views, keys and the palette all speak it. In `ui`,
//! what is above uses what is below:
//!
//! ```text
//! views/     a folder a view; views/shared is what several are made of
//! frame/     bars, list of sessions, tabs, messages, palette     forms/  what is filled in before a start
//! dialogs/   what lies over the window, one at a time
//! kit/       the controls    theme/  every colour and size       action, command, tab, preferences, icons
//! ```
//!
//! A kind of session (listener, raw client, request) is a file in `app/model/kind` and an entry of its table: what the
//! window asks of a session is a question of the kind. A view of the centre is an entry of [`ui::tab::Tab`]: its tab, its
//! command and whether there is such a view of what is selected are made from it. What a socket is, is a type
//! ([`model::SocketKind`]), worded where it is shown.
//!
//! # What draws
//!
//! wgpu where there is a graphics card, OpenGL (glow) where there is none or wgpu fails, then wgpu with the processor, all
//! in one process. The middle of the window is its clear colour, so no view paints a
//! background of its own: without a card each pixel that is painted twice is paid for.
//!
//! # Text
//!
//! Bytes are kept as they went by; what they mean as text is the session's *encoding* ([`model::Encoding`]), a choice of the
//! person that can change at any time. So nothing is decoded before it is shown, and only what is shown: the rows of the
//! journal in view, the held records of one conversation. `ui/views/shared/reading.rs` keeps a character whole that two records
//! share.
//!
//! # Words
//!
//! *session*: a listener or a client the user started. *connection*: one established stream, or one datagram peer.
//! *local name*, *peer name*: `getsockname`, `getpeername`. *record*: one row of the journal. *payload*: the bytes of a
//! record, kept or full length. *wire*: a stream as the engine holds it. *responder*: what answers at a listener. *lab*: a
//! preset. *evicted*: removed because old. *half-close*: FIN in one direction; *close*: in both; *reset*: RST. *limit*: a
//! configured bound; *budget*: time, bytes or work per step.

#[cfg(feature = "gui")]
pub mod app;
pub mod cli;
pub mod engine;
pub mod http;
pub mod journal;
pub mod lessons;
pub mod media;
pub mod memory;
pub mod model;
pub mod respond;
pub mod snippet;
#[cfg(feature = "gui")]
pub mod ui;
pub mod words;
