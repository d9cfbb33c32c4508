//! Names to addresses by the system's resolver, on threads of their own.
//!
//! Owns how many look-ups run at once and says which step took the time. A name server that does not answer holds threads
//! of this module and nothing else: never one of the runtime, nor one that files are read on.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    thread,
    time::Duration,
};

use tokio::{
    sync::{Semaphore, oneshot},
    time::timeout,
};

use super::lookup::{NUMERIC, look_up};
use crate::model::{Endpoint, Errno, Failure, Operation, Reason, plain_host};

/// Look-ups that may run at once, each on a thread. One whose asker has given up goes on until the system gives up.
const LOOKUPS: usize = 32;
static PLACES: Semaphore = Semaphore::const_new(LOOKUPS);

/// How long a look-up may take for whoever has no limit of its own, such as a listener that binds a name.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// All addresses that `host` has, in the system's order (RFC 6724). An address is one; so is one with a zone.
pub(crate) async fn resolve(host: &str, port: u16, limit: Duration) -> Result<Vec<SocketAddr>, Failure> {
    let plain = plain_host(host)
        .map_err(|_| Failure::named(Operation::Resolve, host, Errno::EAI_NONAME).because(Reason::NotAHost))?;
    if let Ok(address) = plain.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    if plain.contains('%') {
        return numeric(&plain, port).map(|address| vec![address]);
    }
    let found = if let Ok(found) = timeout(limit, on_a_thread(plain, port)).await {
        found.map_err(|mut failure| {
            // As it was typed.
            host.clone_into(&mut failure.address);
            failure
        })?
    } else {
        let nanos = u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX);
        return Err(Failure::named(Operation::Resolve, host, Errno::ETIMEDOUT).because(Reason::NoNameWithin { nanos }));
    };
    if found.is_empty() {
        return Err(Failure::named(Operation::Resolve, host, Errno::EAI_NODATA));
    }
    Ok(found)
}

/// The address of an end that a person wrote down; asks no server.
pub(crate) fn endpoint(endpoint: &Endpoint) -> Result<SocketAddr, Failure> {
    match endpoint.host.parse::<IpAddr>() {
        Ok(address) => Ok(SocketAddr::new(address, endpoint.port)),
        Err(_) => numeric(&endpoint.host, endpoint.port),
    }
}

/// An address with a zone, which the system knows by the names and numbers of its adapters.
fn numeric(host: &str, port: u16) -> Result<SocketAddr, Failure> {
    let wrong = |reason| Failure::named(Operation::Resolve, host, Errno::EAI_NONAME).because(reason);
    let found = look_up(host, port, NUMERIC);
    let found = found.ok().and_then(|found| found.first().copied());
    found.ok_or_else(|| match crate::model::split_zone(host) {
        (address, Some(zone)) if address.parse::<IpAddr>().is_ok() => {
            wrong(Reason::NoAdapter { name: zone.to_owned() })
        }
        _ => wrong(Reason::NotAHost),
    })
}

async fn on_a_thread(host: String, port: u16) -> Result<Vec<SocketAddr>, Failure> {
    let ended = |error: &io::Error| Failure::new(Operation::Resolve, "", error);
    let place = PLACES.acquire().await.map_err(|_| ended(&io::ErrorKind::Other.into()))?;
    let (tell, told) = oneshot::channel();
    let looking = thread::Builder::new().name("look-up".to_owned()).spawn(move || {
        let found = look_up(&host, port, 0);
        drop(place);
        // Whoever asked has given up.
        let _ = tell.send(found);
    });
    looking.map_err(|error| ended(&error))?;
    told.await.unwrap_or_else(|_| Err(ended(&io::ErrorKind::Other.into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn addresses_and_names_of_this_machine_are_found() {
        let resolved = |host: &'static str| resolve(host, 80, PATIENCE);
        for (host, address) in
            [("127.0.0.1", "127.0.0.1:80"), ("[::1]", "[::1]:80"), ("１２７。0。0。1", "127.0.0.1:80")]
        {
            assert_eq!(resolved(host).await.unwrap(), [address.parse().unwrap()], "{host}");
        }
        let local = resolved("localhost").await.unwrap();
        assert!(!local.is_empty() && local.iter().all(|address| address.ip().is_loopback()), "{local:?}");
        assert_eq!(resolved("例 子.test").await.unwrap_err().reason, Some(Reason::NotAHost));
    }

    #[tokio::test]
    async fn an_adapter_that_is_not_there_is_named() {
        let failure = resolve("fe80::1%no-such-adapter", 80, PATIENCE).await.unwrap_err();
        assert_eq!(failure.reason, Some(Reason::NoAdapter { name: "no-such-adapter".into() }));
        let failure = endpoint(&"[fe80::1%no-such-adapter]:0".parse().unwrap()).unwrap_err();
        assert!(matches!(failure.reason, Some(Reason::NoAdapter { .. })), "{failure}");
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_zone_is_the_number_of_its_adapter() {
        let found = resolve("fe80::1%lo", 80, PATIENCE).await.unwrap();
        assert_eq!(found, ["[fe80::1%1]:80".parse().unwrap()]);
    }

    #[tokio::test]
    async fn when_every_place_is_taken_the_look_up_is_what_took_the_time() {
        let all = PLACES.acquire_many(u32::try_from(LOOKUPS).unwrap()).await.unwrap();
        let failure = resolve("localhost", 80, Duration::from_millis(20)).await.unwrap_err();
        assert!(failure.is(Errno::ETIMEDOUT) && failure.operation == Operation::Resolve, "{failure}");
        assert!(resolve("127.0.0.1", 80, Duration::from_millis(20)).await.is_ok(), "an address needs no place");
        drop(all);
        assert!(resolve("localhost", 80, PATIENCE).await.is_ok());
    }
}
