//! What several views are made of: calls and bytes read out of the journal, words, hex, scrolling, pictures.

pub mod access;
pub(super) mod bytes_menu;
pub mod calls;
pub(super) mod chain;
pub mod copied;
pub(super) mod file_kind;
pub(super) mod found;
pub(super) mod guess;
pub mod held;
pub mod hex;
pub mod json;
pub(super) mod marked;
pub mod marks;
pub mod moving;
pub mod numbers;
pub(super) mod paint;
pub(super) mod peer_list;
pub mod peers;
pub mod picture;
pub mod picture_name;
pub mod reading;
pub mod scroll;
pub mod text_view;
pub(super) mod thumbnail;
pub mod wording;
