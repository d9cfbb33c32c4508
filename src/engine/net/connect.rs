//! From what a person typed to an established stream: look-up, race of the addresses, names as the system has them.
//!
//! One limit of time covers all of it, and what failed says in which step. Must not know sessions or records: what each
//! attempt came to is told to whoever asked.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    time::{Duration, Instant},
};

use futures_util::{StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::{
    net::TcpStream,
    time::{sleep, timeout},
};

use super::{
    bind, handshake,
    names::name_of,
    options, reach,
    resolve::{self, resolve},
    wire::BoxWire,
};
use crate::model::{
    Cause, ConnectConfig, Errno, Failure, Name, Names, Note, Operation, Reason, Transport, join_host_port, needs_zone,
};

/// Head start of an address over the next one (RFC 8305).
const STAGGER: Duration = Duration::from_millis(250);
#[cfg(unix)]
/// Pause before a full queue of a Unix listener is tried again.
const QUEUE_PAUSE: Duration = Duration::from_millis(20);

/// An established stream.
#[derive(Debug)]
pub(crate) struct Connected {
    pub wire: BoxWire,
    pub names: Names,
    /// When the addresses were known.
    pub resolved: Instant,
    /// How long `connect` took on the address that answered.
    pub took: Duration,
    pub note: Option<Note>,
}

/// What came of one address of a name that has several.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub address: SocketAddr,
    pub took: Duration,
    pub failure: Option<Failure>,
}

/// Whom each attempt is told.
pub(crate) type Told<'a> = &'a (dyn Fn(Attempt) + Send + Sync);

/// The peer's name as a person gave it.
pub(crate) fn asked(config: &ConnectConfig) -> Name {
    match config.transport.path() {
        Some(path) => Name::Text(path.display().to_string().into()),
        None => Name::parse(&join_host_port(&config.host, config.port)),
    }
}

/// Looks up and connects.
pub(crate) async fn connect(config: &ConnectConfig, told: Told<'_>) -> Result<Connected, Failure> {
    let began = Instant::now();
    match &config.transport {
        Transport::Unix(path) | Transport::UnixSeqpacket(path) => {
            let connected = connect_unix(&config.transport, path);
            timeout(config.connect_timeout, connected).await.unwrap_or_else(|_| Err(queue_full(path, config)))
        }
        Transport::Tcp | Transport::Udp | Transport::UnixDatagram(_) => {
            let source = config.source.as_ref().map(resolve::endpoint).transpose()?;
            let addresses = resolve(&config.host, config.port, config.connect_timeout).await?;
            let left = config.connect_timeout.saturating_sub(began.elapsed());
            let addresses = usable(addresses, source, None)?;
            let resolved = Instant::now();
            let won = race(addresses, source, config, left, told).await?;
            finish(won, resolved, config)
        }
    }
}

/// Nothing answered at an address in time.
fn too_late(address: SocketAddr, config: &ConnectConfig) -> Failure {
    let nanos = limit_of(config);
    Failure::named(Operation::Connect, address, Errno::ETIMEDOUT).because(Reason::NotWithin { nanos })
}

/// Nothing but a full queue makes a listener at a path keep its callers waiting.
fn queue_full(path: &std::path::Path, config: &ConnectConfig) -> Failure {
    let (cause, nanos) = (Cause::QueueFull { waiting: None }, Some(limit_of(config)));
    Failure::named(Operation::Connect, path.display(), Errno::ETIMEDOUT).because(Reason::Unreached { cause, nanos })
}

fn limit_of(config: &ConnectConfig) -> u64 {
    u64::try_from(config.connect_timeout.as_nanos()).unwrap_or(u64::MAX)
}

/// The addresses that can be reached from the source, families in turn: the first one's family first. Addresses that are on
/// every adapter get the `zone`, or that of the source.
pub(crate) fn usable(
    addresses: Vec<SocketAddr>,
    source: Option<SocketAddr>,
    zone: Option<u32>,
) -> Result<Vec<SocketAddr>, Failure> {
    let zone = zone.or(match source {
        Some(SocketAddr::V6(source)) => Some(source.scope_id()),
        _ => None,
    });
    let zoned = |address: SocketAddr| match (address, zone) {
        (SocketAddr::V6(mut v6), Some(zone)) if v6.scope_id() == 0 && needs_zone(*v6.ip()) => {
            v6.set_scope_id(zone);
            SocketAddr::V6(v6)
        }
        _ => address,
    };
    let first = addresses.first().copied();
    let fits = |address: &SocketAddr| source.is_none_or(|source| source.is_ipv4() == address.is_ipv4());
    let fitting: Vec<SocketAddr> = addresses.into_iter().filter(fits).map(zoned).collect();
    if let (Some(first), true) = (first, fitting.is_empty()) {
        return Err(Failure::named(Operation::Connect, first, Errno::EAFNOSUPPORT).because(Reason::OtherFamily));
    }
    let (complete, lacking): (Vec<_>, Vec<_>) = fitting
        .into_iter()
        .map(|address| (address, bind::lacks_zone(Operation::Connect, address)))
        .partition(|(_, lacks)| lacks.is_none());
    if let (true, Some((_, Some(failure)))) = (complete.is_empty(), lacking.into_iter().next()) {
        return Err(failure);
    }
    Ok(in_turn(complete.into_iter().map(|(address, _)| address).collect()))
}

fn in_turn(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v4 = addresses.first().is_some_and(SocketAddr::is_ipv4);
    let (mut one, mut other): (VecDeque<_>, VecDeque<_>) =
        addresses.into_iter().partition(|address| address.is_ipv4() == first_is_v4);
    let mut order = Vec::new();
    while let Some(address) = one.pop_front().or_else(|| other.pop_front()) {
        order.push(address);
        order.extend(other.pop_front());
    }
    order
}

/// An attempt that is under way, and what was known before it.
struct Begun {
    address: SocketAddr,
    since: Instant,
    facts: reach::Attempt,
}

type Running = FuturesUnordered<BoxFuture<'static, (SocketAddr, Result<TcpStream, Failure>)>>;

/// The first to answer: the address, its stream, and how long it took.
type Won = (SocketAddr, TcpStream, Duration);

/// Connects to all addresses, each a quarter of a second after the one before, or at once when that one has failed; the
/// first to answer is taken.
async fn race(
    addresses: Vec<SocketAddr>,
    source: Option<SocketAddr>,
    config: &ConnectConfig,
    left: Duration,
    told: Told<'_>,
) -> Result<Won, Failure> {
    let several = addresses.len() > 1;
    let tell = |attempt: Attempt| {
        if several {
            told(attempt);
        }
    };
    let mut waiting = addresses.into_iter();
    let mut running = Running::new();
    let mut begun: Vec<Begun> = Vec::new();
    let mut failures: Vec<Failure> = Vec::new();
    let late = sleep(left);
    let stagger = sleep(Duration::ZERO);
    tokio::pin!(late, stagger);
    loop {
        if running.is_empty() && waiting.len() == 0 {
            return Err(worst(failures, config));
        }
        tokio::select! {
            Some((address, result)) = running.next(), if !running.is_empty() => {
                let at = begun.iter().position(|begun| begun.address == address);
                let took = at.map_or(Duration::ZERO, |at| begun.swap_remove(at).since.elapsed());
                match result {
                    Ok(stream) => {
                        tell(Attempt { address, took, failure: None });
                        for Begun { address, since, .. } in begun {
                            let failure = Failure::named(Operation::Connect, address, Errno::ECANCELED);
                            let failure = Some(failure.because(Reason::AnotherFirst));
                            tell(Attempt { address, took: since.elapsed(), failure });
                        }
                        return Ok((address, stream, took));
                    }
                    Err(failure) => {
                        tell(Attempt { address, took, failure: Some(failure.clone()) });
                        failures.push(failure);
                        stagger.as_mut().reset(tokio::time::Instant::now());
                    }
                }
            }
            () = &mut stagger, if waiting.len() > 0 => {
                let Some(address) = waiting.next() else { continue };
                let facts = reach::Attempt::begin(address, false);
                begun.push(Begun { address, since: Instant::now(), facts });
                let opened = connect_tcp(address, source, config, facts);
                match opened {
                    Ok(connecting) => running.push(connecting),
                    Err(failure) => running.push(Box::pin(async move { (address, Err(failure.explain().await)) })),
                }
                stagger.as_mut().reset(tokio::time::Instant::now() + STAGGER);
            }
            () = &mut late => {
                for Begun { address, since, facts } in begun {
                    let failure = facts.explain(too_late(address, config)).await;
                    tell(Attempt { address, took: since.elapsed(), failure: Some(failure.clone()) });
                    failures.push(failure);
                }
                return Err(worst(failures, config));
            }
        }
    }
}

/// Of the failures of several addresses, the one that says most: a machine that answered no says more than none.
fn worst(failures: Vec<Failure>, config: &ConnectConfig) -> Failure {
    let answered = failures.iter().position(|failure| failure.is(Errno::ECONNREFUSED)).unwrap_or(0);
    failures
        .into_iter()
        .nth(answered)
        .unwrap_or_else(|| Failure::named(Operation::Resolve, &config.host, Errno::EAI_NONAME))
}

/// A call that failed before anything was sent.
struct Refused {
    operation: Operation,
    address: SocketAddr,
    error: std::io::Error,
}

impl Refused {
    async fn explain(self) -> Failure {
        bind::bind_failure(self.operation, self.address, &self.error, false).await
    }
}

fn connect_tcp(
    address: SocketAddr,
    source: Option<SocketAddr>,
    config: &ConnectConfig,
    facts: reach::Attempt,
) -> Result<BoxFuture<'static, (SocketAddr, Result<TcpStream, Failure>)>, Refused> {
    let failed =
        |operation: Operation, address: SocketAddr| move |error: std::io::Error| Refused { operation, address, error };
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP));
    let socket = socket.map_err(failed(Operation::Socket, address))?;
    options::set_stream(&SockRef::from(&socket), &config.options);
    if let Some(source) = source {
        #[cfg(unix)]
        let _ = socket.set_reuse_address(true);
        socket.bind(&source.into()).map_err(failed(Operation::Bind, source))?;
    }
    socket.set_nonblocking(true).map_err(failed(Operation::Socket, address))?;
    Ok(Box::pin(async move {
        match handshake::connect(socket, address).await {
            Ok(stream) => (address, Ok(stream)),
            Err(error) => (address, Err(facts.explain(Failure::new(Operation::Connect, address, &error)).await)),
        }
    }))
}

/// Asks the system for the names, and notices a socket that reached itself. A peer that has reset it by now has no name any
/// more: it is the address that was called.
fn finish((called, stream, took): Won, resolved: Instant, config: &ConnectConfig) -> Result<Connected, Failure> {
    let (local, peer) = (stream.local_addr(), stream.peer_addr());
    let names = Names {
        local: local.as_ref().map_or(Name::Unnamed, |name| name_of(*name)),
        peer: name_of(*peer.as_ref().unwrap_or(&called)),
    };
    let itself = matches!((&local, &peer), (Ok(local), Ok(peer)) if local == peer);
    // Somebody who binds the port that they connect to means it.
    let on_purpose = config.source.as_ref().is_some_and(|source| source.port != 0);
    if itself && !on_purpose {
        return Err(Failure::named(Operation::Connect, &names.peer, Errno::ECONNREFUSED).because(Reason::SelfConnected));
    }
    let settings = options::asked_back(&SockRef::from(&stream), &config.options);
    let note = Note::all(Note::of_connected(&names, &config.host).into_iter().chain(settings));
    Ok(Connected { wire: Box::new(stream), names, resolved, took, note })
}

#[cfg(unix)]
async fn connect_unix(transport: &Transport, path: &std::path::Path) -> Result<Connected, Failure> {
    use super::{names::unix_name, unix_path::connect_at};

    let began = Instant::now();
    let kind = match transport {
        #[cfg(target_os = "linux")]
        Transport::UnixSeqpacket(_) => Type::SEQPACKET,
        #[cfg(not(target_os = "linux"))]
        Transport::UnixSeqpacket(_) => return Err(bind::no_seqpacket(path)),
        _ => Type::STREAM,
    };
    let failed = |error: &std::io::Error| super::unix_path::failure(Operation::Connect, path, error);
    let stream = loop {
        match connect_at(path, kind).await {
            // The listener's queue is full. A blocking `connect` would wait; there is no event that tells when to go on.
            Ok(Err(error)) if error.kind() == std::io::ErrorKind::WouldBlock => sleep(QUEUE_PAUSE).await,
            Ok(result) => break result.map_err(|error| failed(&error))?,
            Err(failure) => return Err(failure),
        }
    };
    let names = Names {
        local: stream.local_addr().map_or(Name::Unnamed, |name| unix_name(&name.into())),
        peer: match stream.peer_addr().map(|name| unix_name(&name.into())) {
            Ok(name) if !name.is_unnamed() => name,
            _ => Name::Text(path.display().to_string().into()),
        },
    };
    #[cfg(target_os = "linux")]
    if kind == Type::SEQPACKET {
        let wire = Box::new(super::seqpacket::Seqpacket::new(stream));
        return Ok(Connected { wire, names, resolved: began, took: began.elapsed(), note: None });
    }
    Ok(Connected { wire: Box::new(stream), names, resolved: began, took: began.elapsed(), note: None })
}

#[cfg(not(unix))]
async fn connect_unix(_: &Transport, path: &std::path::Path) -> Result<Connected, Failure> {
    Err(Failure::named(Operation::Socket, path.display(), Errno::EAFNOSUPPORT))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    async fn raced(texts: &[String], config: &ConnectConfig) -> (Result<TcpStream, Failure>, Vec<Attempt>) {
        let attempts = Mutex::new(Vec::new());
        let list = texts.iter().map(|text| text.parse().unwrap()).collect();
        let told = |attempt| attempts.lock().unwrap().push(attempt);
        let result = race(list, None, config, config.connect_timeout, &told).await;
        (result.map(|(_, stream, _)| stream), attempts.into_inner().unwrap())
    }

    #[test]
    fn families_take_turns_and_the_systems_first_choice_stays_first() {
        let of = |texts: &[&str]| in_turn(addresses(texts));
        assert_eq!(
            of(&["[2001:db8::1]:1", "[2001:db8::2]:1", "10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1"]),
            addresses(&["[2001:db8::1]:1", "10.0.0.1:1", "[2001:db8::2]:1", "10.0.0.2:1", "10.0.0.3:1"])
        );
        assert_eq!(of(&["10.0.0.1:1", "[::1]:1"]), addresses(&["10.0.0.1:1", "[::1]:1"]));
        assert!(of(&[]).is_empty());
    }

    #[test]
    fn a_source_decides_the_family_and_lends_its_zone() {
        let both = || addresses(&["[2001:db8::1]:1", "10.0.0.1:1"]);
        let source = |text: &str| Some(text.parse().unwrap());
        assert_eq!(usable(both(), source("10.0.0.9:0"), None).unwrap(), addresses(&["10.0.0.1:1"]));
        let six = addresses(&["[2001:db8::1]:1"]);
        assert_eq!(usable(six, source("10.0.0.9:0"), None).unwrap_err().reason, Some(Reason::OtherFamily));
        let local = || addresses(&["[fe80::1]:1"]);
        assert_eq!(usable(local(), source("[fe80::9%7]:0"), None).unwrap(), addresses(&["[fe80::1%7]:1"]));
        let failure = usable(local(), None, None).unwrap_err();
        assert!(matches!(failure.reason, Some(Reason::NeedsZone { .. })), "{failure}");
        // Another address of the name does without.
        assert_eq!(usable(addresses(&["[fe80::1]:1", "10.0.0.1:1"]), None, None).unwrap(), addresses(&["10.0.0.1:1"]));
    }

    #[tokio::test]
    async fn an_address_that_refuses_is_followed_by_the_next_at_once_and_each_is_told() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let there = listener.local_addr().unwrap();
        let gone = format!("127.0.0.2:{}", there.port());
        let began = Instant::now();
        let (result, attempts) = raced(&[gone.clone(), there.to_string()], &ConnectConfig::default()).await;
        assert_eq!(result.unwrap().peer_addr().unwrap(), there);
        assert!(began.elapsed() < STAGGER, "{:?}", began.elapsed());
        let [first, second] = attempts.as_slice() else { panic!("{attempts:?}") };
        assert!(first.address.to_string() == gone && first.failure.as_ref().unwrap().is(Errno::ECONNREFUSED));
        assert!(second.address == there && second.failure.is_none());
    }

    #[tokio::test]
    async fn when_all_refuse_the_refusal_is_the_failure() {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (result, attempts) =
            raced(&[format!("127.0.0.1:{port}"), format!("127.0.0.2:{port}")], &ConnectConfig::default()).await;
        assert!(result.unwrap_err().is(Errno::ECONNREFUSED));
        assert_eq!(attempts.len(), 2);
        // A name with one address needs no record of an attempt.
        let (result, attempts) = raced(&[format!("127.0.0.1:{port}")], &ConnectConfig::default()).await;
        assert!(result.is_err() && attempts.is_empty());
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_silent_address_gives_the_next_one_its_turn_and_is_given_up_when_that_answers() {
        // A queue for one that is full: its machine answers nothing more.
        let silent = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        silent.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        silent.listen(0).unwrap();
        let silent_at = silent.local_addr().unwrap().as_socket().unwrap();
        let _fill: Vec<_> =
            (0..4).map(|_| std::net::TcpStream::connect_timeout(&silent_at, Duration::from_millis(100)).ok()).collect();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let there = listener.local_addr().unwrap();
        let began = Instant::now();
        let (result, attempts) = raced(&[silent_at.to_string(), there.to_string()], &ConnectConfig::default()).await;
        assert_eq!(result.unwrap().peer_addr().unwrap(), there);
        assert!((STAGGER..Duration::from_secs(5)).contains(&began.elapsed()), "{:?}", began.elapsed());
        let given_up = attempts.last().unwrap();
        assert_eq!(given_up.failure.as_ref().unwrap().reason, Some(Reason::AnotherFirst));
        // Nobody answers: the limit holds for all of them together.
        let config = ConnectConfig { connect_timeout: Duration::from_millis(400), ..ConnectConfig::default() };
        let (result, attempts) = raced(&[silent_at.to_string(), silent_at.to_string()], &config).await;
        assert!(result.unwrap_err().is(Errno::ETIMEDOUT));
        assert!(attempts.len() == 2 && attempts.iter().all(|one| one.failure.as_ref().unwrap().is(Errno::ETIMEDOUT)));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_socket_that_reaches_itself_is_no_connection_unless_it_was_meant() {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let source = Some(format!("127.0.0.1:{port}").parse().unwrap());
        let config = ConnectConfig { port, source, ..ConnectConfig::default() };
        let connected = connect(&config, &|_| {}).await.unwrap();
        assert_eq!(connected.note, Some(Note::ToItself));
        assert_eq!(connected.names.local, connected.names.peer);
        drop(connected);
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let itself = socket.local_addr().unwrap();
        let stream = socket.connect(itself).await.unwrap();
        let chance = ConnectConfig { port: itself.port(), ..ConnectConfig::default() };
        let failure = finish((itself, stream, Duration::ZERO), Instant::now(), &chance).unwrap_err();
        assert_eq!((failure.error, failure.reason), (Errno::ECONNREFUSED, Some(Reason::SelfConnected)));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn names_are_the_systems() {
        let listener = std::net::TcpListener::bind("0.0.0.0:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let config = ConnectConfig { host: "0.0.0.0".into(), port, ..ConnectConfig::default() };
        let connected = connect(&config, &|_| {}).await.unwrap();
        assert_eq!(connected.names.peer.to_string(), format!("127.0.0.1:{port}"));
    }
}
