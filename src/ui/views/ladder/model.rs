//! The ladder as rows of words and arrows: what this side called, what went over the wire, and how it ended.
//!
//! Calls and data are what the journal saw. Segments without data (SYN, ACK, FIN, RST) are inferred from the calls and
//! say so. Knows neither colours nor points.

mod failed;
mod kept;
mod marks;
mod step;
#[cfg(test)]
mod tests;

pub use failed::{failed, failed_names};
pub use kept::Kept;
pub use step::{Kind, Step, Wire};

use crate::{
    journal::Connection,
    model::{By, Detail, Direction, Event, Name, Side, SocketKind},
    ui::views::shared::{
        calls::{self, Call, Calls},
        wording::short_span,
    },
    words::{clock, counted, exact_size, grouped, span, text},
};

/// Where a connection comes from, as far as its own records do not say.
#[derive(Clone, Copy, Debug, Default)]
pub struct Origin<'a> {
    /// Name of the listening socket and the backlog asked for.
    pub listening: Option<(&'a Name, u32)>,
    /// How long the peer's `connect` took in nanoseconds, when the peer is in this program too.
    pub peer_connect: Option<u64>,
    /// The peer is in this program too, and has closed its end in order.
    pub peer_closed: bool,
    /// Records of the computer's clock that jumped while it stood: they are of no connection.
    pub jumps: &'a [Call],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Transport {
    Tcp,
    Unix,
    Datagram,
}

impl Transport {
    fn of(socket: SocketKind) -> Self {
        match socket {
            socket if socket.is_datagram() => Self::Datagram,
            socket if socket.is_unix() => Self::Unix,
            _ => Self::Tcp,
        }
    }
}

/// What happened so far that rows which come later depend on.
#[derive(Clone, Copy, Debug, Default)]
struct Past {
    fin_sent: bool,
    fin_came: bool,
    /// Whether it was reset, and who ended it.
    last: Option<(bool, Option<By>)>,
}

struct Ladder<'a> {
    connection: &'a Connection,
    origin: Origin<'a>,
    transport: Transport,
    steps: Vec<Step>,
    past: Past,
}

impl<'a> Ladder<'a> {
    fn new(connection: &'a Connection, origin: Origin<'a>, past: Past) -> Self {
        let transport = Transport::of(connection.identity().socket);
        Self { connection, origin, transport, steps: Vec::new(), past }
    }
}

impl Ladder<'_> {
    fn put(&mut self, step: Step) {
        self.steps.push(step);
    }

    /// The calls before the connection's first record, and how it came to stand.
    fn begin(&mut self, calls: &Calls) {
        let identity = self.connection.identity();
        let (local, peer) = (&identity.names.local, &identity.names.peer);
        let first = calls.list().front().filter(|_| calls.is_whole());
        self.put(Step::call("socket()"));
        match (identity.side, self.transport) {
            (Side::Accepted, transport) => {
                let bound = self.origin.listening.map_or(local, |(name, _)| name);
                self.put(Step::call(format!("bind({})", arguments(bound))));
                let backlog = self.origin.listening.map_or_else(String::new, |(_, backlog)| backlog.to_string());
                self.put(Step::call(format!("listen({backlog})")));
                self.put(Step::call("accept() …"));
                let connect = self.origin.peer_connect.map(|nanos| format!("connect {}", span(nanos)));
                self.handshake(transport, Direction::Inbound, connect.unwrap_or_default());
                let peer = if peer.is_unnamed() { text!("an unnamed peer").to_owned() } else { peer.to_string() };
                let mut accepted = Step::call(format!("→ {peer}"));
                accepted.nanos = Some(self.connection.opened());
                accepted.seq = first.filter(|call| call.event == Event::Accepted).map(|call| call.seq);
                self.put(accepted);
            }
            (Side::Connected, transport) => {
                let detail = first.and_then(|call| call.detail.as_deref());
                let took = detail.and_then(|detail| detail.micros).map(|micros| span(micros.saturating_mul(1000)));
                let at = self.steps.len();
                self.handshake(transport, Direction::Outbound, String::new());
                if let Some(step) = self.steps.get_mut(at) {
                    step.call = format!("connect({}) …", arguments(peer));
                }
                let mut connected = Step::call(match took {
                    Some(took) => format!("connect = 0, {took}"),
                    None => "connect = 0".to_owned(),
                });
                if transport == Transport::Datagram {
                    connected = connected.noted(text!("nothing goes over the wire"));
                }
                connected.nanos = Some(self.connection.opened());
                connected.seq = first.filter(|call| call.event == Event::Connected).map(|call| call.seq);
                self.put(connected);
            }
            (Side::Peer, _) => {
                let bound = self.origin.listening.map_or(local, |(name, _)| name);
                self.put(Step::call(format!("bind({})", arguments(bound))));
            }
        }
        if first.is_none() && !calls.list().is_empty() {
            self.gap(calls);
        }
    }

    fn handshake(&mut self, transport: Transport, first: Direction, note: String) {
        let back = match first {
            Direction::Inbound => Direction::Outbound,
            Direction::Outbound => Direction::Inbound,
        };
        match transport {
            Transport::Tcp => {
                self.put(Step::wire(first, "SYN"));
                self.put(Step::wire(back, "SYN, ACK").noted(note));
                self.put(Step::wire(first, "ACK"));
            }
            Transport::Unix => self.put(Step::wire(first, text!("connects, within the kernel")).noted(note)),
            Transport::Datagram if first == Direction::Outbound => self.put(Step::call("")),
            Transport::Datagram => {}
        }
    }

    fn gap(&mut self, calls: &Calls) {
        let all = self.connection.received().1 + self.connection.sent().1;
        let shown = calls.list().iter().filter(|call| call.event.direction().is_some()).count() as u64;
        let words = match all.saturating_sub(shown) {
            0 => text!("older records are not drawn").to_owned(),
            missing => counted!("{n} older calls are not drawn", n = missing),
        };
        self.put(Step { kind: Kind::Gap, ..Step::call(words) });
    }

    fn fold(&mut self, run: &[&Call], open: bool) {
        let Some(first) = run.first() else { return };
        let Some(direction) = first.event.direction() else { return };
        let bytes: u64 = run.iter().map(|call| call.length).sum();
        let (word, count) = (self.word(direction), grouped(run.len() as u64));
        let label = format!("× {count} {word}, {}", exact_size(bytes));
        let mut step = Step::call(String::new()).at(first);
        step.kind = Kind::Fold { first: first.seq, open };
        step.call = if open { label.clone() } else { format!("{word} × {count}") };
        step.wire = (!open).then_some(Wire { direction, inferred: false, label });
        if let Some(last) = run.last().filter(|_| !open) {
            step.note = text!("in {span}", span = short_span(last.nanos.saturating_sub(first.nanos)));
        }
        self.put(step);
    }

    fn word(&self, direction: Direction) -> &'static str {
        match (direction, self.connection.identity().side) {
            (Direction::Inbound, Side::Peer) => "recvfrom",
            (Direction::Outbound, Side::Peer) => "sendto",
            (Direction::Inbound, _) => "recv",
            (Direction::Outbound, _) => "send",
        }
    }

    fn add(&mut self, call: &Call) {
        let nothing = Detail::default();
        let detail = call.detail.as_deref().unwrap_or(&nothing);
        if matches!(call.event, Event::Closed | Event::Reset) {
            self.past.last = Some((call.event == Event::Reset, detail.by));
        }
        match call.event {
            Event::Recv => self.data(call, Direction::Inbound),
            Event::Send => self.data(call, Direction::Outbound),
            Event::HalfClosed if detail.by == Some(By::Local) => {
                self.past.fin_sent = true;
                self.put(Step::call("shutdown(SHUT_WR)").at(call).with(Direction::Outbound, self.fin()));
                self.acknowledge(Direction::Inbound);
            }
            Event::HalfClosed => {
                self.past.fin_came = true;
                let words = text!("recv = 0, end of stream");
                self.put(Step::call(words).at(call).with(Direction::Inbound, self.fin()));
                self.acknowledge(Direction::Outbound);
            }
            Event::Closed => self.closed(call),
            Event::Reset => self.reset(call, detail),
            Event::TimedOut | Event::Failed => {
                let mut step = Step::call(text!("time-out")).at(call);
                if let Some(failure) = &detail.failure {
                    step.call = format!("{} = -1, {}", failure.operation.word(), failure.name());
                    step.note = calls::number_pair(failure);
                }
                step.trouble = true;
                self.put(step);
            }
            Event::Listening
            | Event::Serving
            | Event::Accepted
            | Event::Connected
            | Event::Progress
            | Event::Answered
            | Event::RecvSize
            | Event::Attempt
            | Event::Picture
            | Event::Stopped => {}
            Event::Remark | Event::Clock | Event::Health | Event::Address => self.put(marks::step(call)),
        }
    }

    fn data(&mut self, call: &Call, direction: Direction) {
        let word = self.word(direction);
        let argument = match direction {
            Direction::Inbound => self.connection.recv_size_at(call.seq).map(|size| size as u64),
            Direction::Outbound => call.offered,
        };
        let words = calls::written(word, call.length, argument);
        let mut label = exact_size(call.length);
        if !call.preview.is_empty() {
            label.push(' ');
            label.push_str(&call.preview);
        }
        let wire = Some(Wire { direction, inferred: false, label });
        self.put(Step { kind: Kind::Data, wire, ..Step::call(words).at(call) });
    }

    fn fin(&self) -> &'static str {
        match self.transport {
            Transport::Tcp => "FIN",
            Transport::Unix | Transport::Datagram => text!("end of stream"),
        }
    }

    fn acknowledge(&mut self, direction: Direction) {
        if self.transport == Transport::Tcp {
            self.put(Step::wire(direction, "ACK"));
        }
    }

    fn closed(&mut self, call: &Call) {
        let mut step = Step::call("close()").at(call);
        if self.transport == Transport::Datagram {
            step = step.noted(text!("the peer is not told"));
            self.put(step);
        } else if self.past.fin_sent {
            self.put(step);
        } else {
            self.put(step.with(Direction::Outbound, self.fin()));
            self.acknowledge(Direction::Inbound);
            // Who has closed reads no more, and has no record of the peer's half: what it did is known from its own.
            if !self.past.fin_came && self.origin.peer_closed && self.transport == Transport::Tcp {
                self.put(Step::wire(Direction::Inbound, self.fin()).noted("recv = 0, close()"));
                self.acknowledge(Direction::Outbound);
            }
        }
    }

    fn reset(&mut self, call: &Call, detail: &Detail) {
        if detail.by == Some(By::Local) {
            self.put(Step::call(text!("close() with linger 0")).at(call).with(Direction::Outbound, "RST"));
            return;
        }
        let mut step = Step::call("recv = -1").at(call);
        if !matches!(detail.by, Some(By::System | By::Network)) {
            step = step.with(Direction::Inbound, "RST");
        }
        if let Some(failure) = &detail.failure {
            step.call = format!("{} = -1, {}", failure.operation.word(), failure.name());
            step.note = calls::number_pair(failure);
        }
        step.trouble = true;
        self.put(step);
    }

    /// How it stands, or who ended it.
    fn end(&mut self) {
        let connection = self.connection;
        let (received, sent) = (connection.received().0, connection.sent().0);
        let bytes = if received == sent {
            text!("{bytes} each way", bytes = exact_size(sent))
        } else {
            text!("{received} in, {sent} out", received = exact_size(received), sent = exact_size(sent))
        };
        let words = match connection.ended() {
            Some(_) => {
                let open = span(u64::try_from(connection.lasted().as_nanos()).unwrap_or(u64::MAX));
                format!("{} · {open} · {bytes}", self.ending())
            }
            None if self.transport == Transport::Datagram => {
                text!("since {time} · {bytes}", time = clock(connection.opened()), bytes = bytes)
            }
            None => text!(
                "{state} since {time} · {bytes}",
                state = connection.state().word(),
                time = clock(connection.opened()),
                bytes = bytes
            ),
        };
        let note = self.waits().to_owned();
        self.put(Step { kind: Kind::End, nanos: connection.ended(), note, ..Step::call(words) });
    }

    fn ending(&self) -> &'static str {
        match self.past.last {
            Some((true, Some(By::Local))) => text!("reset by us"),
            Some((_, Some(By::System))) => text!("ended by the system of this PC"),
            Some((_, Some(By::Network))) => text!("lost on the way"),
            Some((true, _)) => text!("reset by the peer"),
            Some((false, _)) if self.transport == Transport::Datagram => text!("closed"),
            Some((false, Some(By::Local))) => text!("closed by us first"),
            Some((false, Some(By::Peer))) => text!("closed by the peer first"),
            _ => self.connection.state().word(),
        }
    }

    /// Which side's port is kept for a while after a close in order.
    fn waits(&self) -> &'static str {
        if self.transport != Transport::Tcp || self.connection.ended().is_none() {
            return "";
        }
        match self.past.last {
            Some((false, Some(By::Local))) if self.past.fin_came || self.origin.peer_closed => {
                text!("TIME_WAIT stays with this end, which closed first")
            }
            // Nobody read on, so it is not known whether the peer had closed meanwhile.
            Some((false, Some(By::Local))) => {
                text!("TIME_WAIT stays with this end, unless the peer's FIN was there already")
            }
            Some((false, Some(By::Peer))) => text!("TIME_WAIT stays with the peer, which closed first"),
            _ => "",
        }
    }
}

/// A name as the arguments of `bind` and `connect`.
fn arguments(name: &Name) -> String {
    match name {
        Name::Inet(address) => format!("{}, {}", address.ip(), address.port()),
        Name::Zoned(zoned) => format!("{}%{}, {}", zoned.address.ip(), zoned.zone, zoned.address.port()),
        Name::Text(path) => format!("'{path}'"),
        Name::Unnamed => String::new(),
    }
}
