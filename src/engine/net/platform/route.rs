//! Which way the kernel takes to an address, and whether somebody at it has answered: rtnetlink(7), two questions with
//! one answer each.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink::SocketAddrNetlink, recv, sendto,
    socket_with, sockopt,
};

use crate::engine::net::way::{Neighbour, Way};

const REQUEST: u16 = 1;
const ERROR: u16 = 2;
const NEW_ROUTE: u16 = 24;
const GET_ROUTE: u16 = 26;
const NEW_NEIGHBOUR: u16 = 28;
const GET_NEIGHBOUR: u16 = 30;
/// Attributes of a route: destination, adapter, router, router of another family.
const RTA_DST: u16 = 1;
const RTA_OIF: u16 = 4;
const RTA_GATEWAY: u16 = 5;
const RTA_VIA: u16 = 18;
/// Attribute of a neighbour: its address.
const NDA_DST: u16 = 1;

/// The message header, and what every route and neighbour begins with.
const HEADER: usize = 16;
const BODY: usize = 12;

/// The way to an address, and what is known of whoever is asked next: the host itself, or the router. `None` where the
/// kernel does not tell.
pub(crate) fn way(to: SocketAddr) -> Option<(Way, Option<Neighbour>)> {
    let zone = match to {
        SocketAddr::V6(to) => to.scope_id(),
        SocketAddr::V4(_) => 0,
    };
    let answer = ask(&route_request(to.ip(), zone))?;
    let (way, adapter) = read_route(&answer)?;
    let next = match way {
        Way::Direct => Some(to.ip()),
        Way::Router(router) => router,
        _ => None,
    };
    let neighbour =
        next.zip(adapter).and_then(|(next, adapter)| read_neighbour(&ask(&neighbour_request(next, adapter))?));
    Some((way, neighbour))
}

fn ask(request: &[u8]) -> Option<Vec<u8>> {
    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None).ok()?;
    // The kernel answers before `sendto` returns; the limit is for what nobody expects.
    let _ = sockopt::set_socket_timeout(&socket, sockopt::Timeout::Recv, Some(Duration::from_millis(200)));
    sendto(&socket, request, SendFlags::empty(), &SocketAddrNetlink::new(0, 0)).ok()?;
    let mut answer = vec![0; 4096];
    let (length, _) = recv(&socket, answer.as_mut_slice(), RecvFlags::empty()).ok()?;
    answer.truncate(length);
    Some(answer)
}

fn route_request(to: IpAddr, zone: u32) -> Vec<u8> {
    let mut request = vec![family_of(to), if to.is_ipv4() { 32 } else { 128 }];
    request.resize(BODY, 0);
    attribute(&mut request, RTA_DST, &octets(to));
    if zone != 0 {
        attribute(&mut request, RTA_OIF, &zone.to_ne_bytes());
    }
    message(GET_ROUTE, &request)
}

fn neighbour_request(of: IpAddr, adapter: u32) -> Vec<u8> {
    let mut request = vec![family_of(of), 0, 0, 0];
    request.extend(adapter.to_ne_bytes());
    request.extend([0; 4]);
    attribute(&mut request, NDA_DST, &octets(of));
    message(GET_NEIGHBOUR, &request)
}

fn message(kind: u16, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER + body.len());
    out.extend(u32::try_from(HEADER + body.len()).unwrap_or_default().to_ne_bytes());
    out.extend(kind.to_ne_bytes());
    out.extend(REQUEST.to_ne_bytes());
    // Sequence number and port: there is one question on each socket.
    out.extend([0; 8]);
    out.extend(body);
    out
}

fn attribute(out: &mut Vec<u8>, kind: u16, value: &[u8]) {
    out.extend(u16::try_from(value.len() + 4).unwrap_or_default().to_ne_bytes());
    out.extend(kind.to_ne_bytes());
    out.extend(value);
    out.resize(out.len().next_multiple_of(4), 0);
}

fn family_of(address: IpAddr) -> u8 {
    u8::try_from(if address.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 }).unwrap_or_default()
}

fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

fn ip(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = || Some(<[u8; 4]>::try_from(bytes).ok()?.into());
    v4().or_else(|| Some(<[u8; 16]>::try_from(bytes).ok()?.into()))
}

/// Kind and body of an answer.
fn parts(answer: &[u8]) -> Option<(u16, &[u8])> {
    let length = usize::try_from(u32::from_ne_bytes(answer.get(..4)?.try_into().ok()?)).ok()?;
    let kind = u16::from_ne_bytes(answer.get(4..6)?.try_into().ok()?);
    Some((kind, answer.get(HEADER..length)?))
}

/// The way, and the number of the adapter.
fn read_route(answer: &[u8]) -> Option<(Way, Option<u32>)> {
    let (kind, body) = parts(answer)?;
    if kind == ERROR {
        let code = i32::from_ne_bytes(body.get(..4)?.try_into().ok()?);
        return Some((if code == -libc::ENETUNREACH { Way::Nowhere } else { Way::Forbidden }, None));
    }
    if kind != NEW_ROUTE {
        return None;
    }
    let (mut adapter, mut router) = (None, None);
    let mut rest = body.get(BODY..)?;
    while let Some((kind, value, after)) = next_attribute(rest) {
        match kind {
            RTA_OIF => adapter = value.try_into().ok().map(u32::from_ne_bytes),
            RTA_GATEWAY => router = Some(ip(value)),
            // A family in front of the address.
            RTA_VIA => router = Some(value.get(2..).and_then(ip)),
            _ => {}
        }
        rest = after;
    }
    let way = match body.get(7)? {
        2 => Way::Here,
        3 => Way::Broadcast,
        5 => Way::Multicast,
        6..=8 => Way::Forbidden,
        _ => router.map_or(Way::Direct, Way::Router),
    };
    Some((way, adapter))
}

fn next_attribute(bytes: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let length = usize::from(u16::from_ne_bytes(bytes.get(..2)?.try_into().ok()?));
    let kind = u16::from_ne_bytes(bytes.get(2..4)?.try_into().ok()?);
    let value = bytes.get(4..length)?;
    Some((kind, value, bytes.get(length.next_multiple_of(4)..).unwrap_or_default()))
}

fn read_neighbour(answer: &[u8]) -> Option<Neighbour> {
    let (kind, body) = parts(answer)?;
    if kind != NEW_NEIGHBOUR {
        return None;
    }
    // Bits of `include/uapi/linux/neighbour.h`.
    match u16::from_ne_bytes(body.get(8..10)?.try_into().ok()?) {
        0x01 | 0x20 => Some(Neighbour::Missing),
        0x02 => Some(Neighbour::Answers),
        0x04 | 0x08 | 0x10 => Some(Neighbour::Answered),
        // Those that need no answer: no ARP on that adapter, or set by hand.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_tells_the_way_to_this_machine() {
        for address in ["127.0.0.1:80", "127.8.8.8:80"] {
            assert_eq!(way(address.parse().unwrap()), Some((Way::Here, None)), "{address}");
        }
    }

    #[test]
    fn an_answer_is_read_by_its_parts() {
        let mut route = vec![u8::try_from(libc::AF_INET).unwrap(), 32, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
        attribute(&mut route, RTA_OIF, &7_u32.to_ne_bytes());
        attribute(&mut route, RTA_GATEWAY, &[192, 168, 1, 1]);
        let answer = message(NEW_ROUTE, &route);
        assert_eq!(read_route(&answer), Some((Way::Router(Some([192, 168, 1, 1].into())), Some(7))));
        for cut in 0..answer.len() {
            let _ = read_route(&answer[..cut]);
        }
        let error = message(ERROR, &[(-libc::ENETUNREACH).to_ne_bytes(), [0; 4]].concat());
        assert_eq!(read_route(&error), Some((Way::Nowhere, None)));
        let error = message(ERROR, &[(-libc::EACCES).to_ne_bytes(), [0; 4]].concat());
        assert_eq!(read_route(&error), Some((Way::Forbidden, None)));
        for (state, neighbour) in [
            (1_u16, Some(Neighbour::Missing)),
            (2, Some(Neighbour::Answers)),
            (8, Some(Neighbour::Answered)),
            (0x80, None),
        ] {
            let body = [vec![2, 0, 0, 0, 7, 0, 0, 0], state.to_ne_bytes().to_vec(), vec![0, 0]].concat();
            assert_eq!(read_neighbour(&message(NEW_NEIGHBOUR, &body)), neighbour);
        }
    }
}
