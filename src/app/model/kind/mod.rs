//! The kinds of sessions: one file each, and one entry in [`Plan`].
//!
//! What the window asks of a session that depends on its kind is a question of [`Kind`](asked::Kind); nothing outside
//! looks at which kind it is, except where it wants exactly that kind ([`Plan::listen`] and its like).

mod asked;
mod client;
mod kept;
mod listener;
mod place;
mod plan;
mod request;

pub(in crate::app) use self::{kept::put, listener::title, place::place, plan::Plan};
