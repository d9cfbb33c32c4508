//! The checksums that devices ask for at the end of a message.
//!
//! Parameters as in Greg Cook's catalogue of CRC algorithms; each is held against its check value in the tests.

use serde::{Deserialize, Serialize};

use crate::words::text;

/// A checksum over all bytes before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Checksum {
    /// None is put there.
    #[default]
    None,
    /// The sum of all bytes.
    #[serde(rename = "sum-8")]
    Sum8,
    /// What makes the sum of all bytes and this one 0: the LRC of Modbus ASCII.
    #[serde(rename = "lrc")]
    Lrc,
    /// All bytes by exclusive or: BCC, the LRC of ISO 1155.
    #[serde(rename = "xor-8")]
    Xor8,
    /// Polynomial 07, as ATM has it.
    #[serde(rename = "crc-8")]
    Crc8,
    /// Polynomial 31 reflected: 1-Wire.
    #[serde(rename = "crc-8-maxim")]
    Crc8Maxim,
    /// The sum of all bytes, in two.
    #[serde(rename = "sum-16")]
    Sum16,
    /// RFC 1071: IP, UDP, TCP, ICMP.
    Internet,
    /// Modbus RTU.
    #[serde(rename = "crc-16-modbus")]
    Crc16Modbus,
    /// Begins with FFFF; what most mean by CCITT (CRC-16/IBM-3740).
    #[serde(rename = "crc-16-ccitt")]
    Crc16Ccitt,
    /// Begins with 0: XMODEM, ZMODEM.
    #[serde(rename = "crc-16-xmodem")]
    Crc16Xmodem,
    /// The true CCITT, reflected: Kermit, Bluetooth.
    #[serde(rename = "crc-16-kermit")]
    Crc16Kermit,
    /// The frame check of HDLC, X.25 and PPP.
    #[serde(rename = "crc-16-x25")]
    Crc16X25,
    /// Ethernet, zip, PNG.
    #[serde(rename = "crc-32")]
    Crc32,
    /// Castagnoli: iSCSI, SCTP.
    #[serde(rename = "crc-32c")]
    Crc32c,
}

/// Which byte of a checksum stands first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ByteOrder {
    /// As is usual for the checksum.
    #[default]
    Usual,
    /// Little endian.
    Low,
    /// Big endian.
    High,
}

/// A cyclic redundancy check; `poly` and `init` as they are written, not reflected.
struct Crc {
    bits: u32,
    poly: u32,
    init: u32,
    reflected: bool,
    out: u32,
}

impl Checksum {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 15] = [
        Self::None,
        Self::Sum8,
        Self::Lrc,
        Self::Xor8,
        Self::Crc8,
        Self::Crc8Maxim,
        Self::Sum16,
        Self::Internet,
        Self::Crc16Modbus,
        Self::Crc16Ccitt,
        Self::Crc16Xmodem,
        Self::Crc16Kermit,
        Self::Crc16X25,
        Self::Crc32,
        Self::Crc32c,
    ];

    /// As it is written in files and on the command line.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Sum8 => "sum-8",
            Self::Lrc => "lrc",
            Self::Xor8 => "xor-8",
            Self::Crc8 => "crc-8",
            Self::Crc8Maxim => "crc-8-maxim",
            Self::Sum16 => "sum-16",
            Self::Internet => "internet",
            Self::Crc16Modbus => "crc-16-modbus",
            Self::Crc16Ccitt => "crc-16-ccitt",
            Self::Crc16Xmodem => "crc-16-xmodem",
            Self::Crc16Kermit => "crc-16-kermit",
            Self::Crc16X25 => "crc-16-x25",
            Self::Crc32 => "crc-32",
            Self::Crc32c => "crc-32c",
        }
    }

    /// As people know it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => text!("None"),
            Self::Sum8 => text!("Sum 8"),
            Self::Lrc => text!("Sum 8, negated (LRC)"),
            Self::Xor8 => text!("XOR 8"),
            Self::Crc8 => "CRC-8",
            Self::Crc8Maxim => "CRC-8 Maxim",
            Self::Sum16 => text!("Sum 16"),
            Self::Internet => text!("Internet (RFC 1071)"),
            Self::Crc16Modbus => "CRC-16 Modbus",
            Self::Crc16Ccitt => "CRC-16 CCITT (FALSE)",
            Self::Crc16Xmodem => "CRC-16 XMODEM",
            Self::Crc16Kermit => "CRC-16 Kermit",
            Self::Crc16X25 => "CRC-16 X-25",
            Self::Crc32 => "CRC-32",
            Self::Crc32c => "CRC-32C",
        }
    }

    /// Bytes that it has.
    #[must_use]
    pub fn width(self) -> usize {
        match self {
            Self::None => 0,
            Self::Sum8 | Self::Lrc | Self::Xor8 | Self::Crc8 | Self::Crc8Maxim => 1,
            Self::Crc32 | Self::Crc32c => 4,
            _ => 2,
        }
    }

    /// The order that is meant by an order: never [`ByteOrder::Usual`].
    #[must_use]
    pub fn order(self, order: ByteOrder) -> ByteOrder {
        match (order, self) {
            (ByteOrder::Usual, Self::Sum16 | Self::Internet | Self::Crc16Ccitt | Self::Crc16Xmodem) => ByteOrder::High,
            (ByteOrder::Usual, _) => ByteOrder::Low,
            (chosen, _) => chosen,
        }
    }

    /// The number of these bytes.
    #[must_use]
    pub fn of(self, bytes: &[u8]) -> u32 {
        let sum = || bytes.iter().fold(0_u32, |sum, byte| sum.wrapping_add(u32::from(*byte)));
        match self {
            Self::None => 0,
            Self::Sum8 => sum() & 0xff,
            Self::Lrc => sum().wrapping_neg() & 0xff,
            Self::Xor8 => u32::from(bytes.iter().fold(0, |all, byte| all ^ byte)),
            Self::Sum16 => sum() & 0xffff,
            Self::Internet => internet(bytes),
            Self::Crc8 => Crc { bits: 8, poly: 0x07, init: 0, reflected: false, out: 0 }.of(bytes),
            Self::Crc8Maxim => Crc { bits: 8, poly: 0x31, init: 0, reflected: true, out: 0 }.of(bytes),
            Self::Crc16Modbus => Crc { bits: 16, poly: 0x8005, init: 0xffff, reflected: true, out: 0 }.of(bytes),
            Self::Crc16Ccitt => Crc { bits: 16, poly: 0x1021, init: 0xffff, reflected: false, out: 0 }.of(bytes),
            Self::Crc16Xmodem => Crc { bits: 16, poly: 0x1021, init: 0, reflected: false, out: 0 }.of(bytes),
            Self::Crc16Kermit => Crc { bits: 16, poly: 0x1021, init: 0, reflected: true, out: 0 }.of(bytes),
            Self::Crc16X25 => Crc { bits: 16, poly: 0x1021, init: 0xffff, reflected: true, out: 0xffff }.of(bytes),
            Self::Crc32 => Crc { bits: 32, poly: 0x04c1_1db7, init: !0, reflected: true, out: !0 }.of(bytes),
            Self::Crc32c => Crc { bits: 32, poly: 0x1edc_6f41, init: !0, reflected: true, out: !0 }.of(bytes),
        }
    }

    /// The same as it is sent.
    #[must_use]
    pub fn bytes(self, order: ByteOrder, bytes: &[u8]) -> Vec<u8> {
        let number = self.of(bytes);
        match self.order(order) {
            ByteOrder::High => number.to_be_bytes().into_iter().skip(4 - self.width()).collect(),
            _ => number.to_le_bytes().into_iter().take(self.width()).collect(),
        }
    }
}

fn internet(bytes: &[u8]) -> u32 {
    let words = bytes.chunks(2).map(|pair| match pair {
        [high, low] => u64::from(u16::from_be_bytes([*high, *low])),
        // Padded with a byte of 0.
        [high] => u64::from(*high) << 8,
        _ => 0,
    });
    let mut sum: u64 = words.sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    u32::try_from(!sum & 0xffff).unwrap_or_default()
}

impl Crc {
    /// Eight bits at a time, by a table of what each byte does; narrow ones stand at the end of 32 bits that they are
    /// shifted to.
    fn of(&self, bytes: &[u8]) -> u32 {
        let free = 32 - self.bits;
        let mut table = [0_u32; 256];
        for (byte, entry) in (0_u32..).zip(&mut table) {
            *entry = if self.reflected {
                let poly = self.poly.reverse_bits() >> free;
                (0..8).fold(byte, |crc, _| if crc & 1 == 1 { crc >> 1 ^ poly } else { crc >> 1 })
            } else {
                let poly = self.poly << free;
                (0..8).fold(byte << 24, |crc, _| if crc >> 31 == 1 { crc << 1 ^ poly } else { crc << 1 })
            };
        }
        let step = |at: u32| table.get((at & 0xff) as usize).copied().unwrap_or_default();
        let crc = if self.reflected {
            let init = self.init.reverse_bits() >> free;
            bytes.iter().fold(init, |crc, byte| crc >> 8 ^ step(crc ^ u32::from(*byte)))
        } else {
            let init = self.init << free;
            bytes.iter().fold(init, |crc, byte| crc << 8 ^ step(crc >> 24 ^ u32::from(*byte))) >> free
        };
        crc ^ self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values of `123456789` that the catalogue has; crc-32, crc-16-xmodem (`binascii.crc_hqx(_, 0)`), crc-16-ccitt
    /// (`crc_hqx(_, 0xffff)`) and the sums also as Python gives them.
    #[test]
    fn each_has_its_check_value() {
        let checks = [
            (Checksum::None, 0),
            (Checksum::Sum8, 0xdd),
            (Checksum::Lrc, 0x23),
            (Checksum::Xor8, 0x31),
            (Checksum::Crc8, 0xf4),
            (Checksum::Crc8Maxim, 0xa1),
            (Checksum::Sum16, 0x01dd),
            (Checksum::Internet, 0xf62a),
            (Checksum::Crc16Modbus, 0x4b37),
            (Checksum::Crc16Ccitt, 0x29b1),
            (Checksum::Crc16Xmodem, 0x31c3),
            (Checksum::Crc16Kermit, 0x2189),
            (Checksum::Crc16X25, 0x906e),
            (Checksum::Crc32, 0xcbf4_3926),
            (Checksum::Crc32c, 0xe306_9283),
        ];
        assert_eq!(checks.map(|(sum, _)| sum), Checksum::ALL);
        for (sum, value) in checks {
            assert_eq!(sum.of(b"123456789"), value, "{}", sum.id());
            assert_eq!(sum.bytes(ByteOrder::Usual, b"").len(), sum.width());
        }
    }

    #[test]
    fn bytes_stand_as_is_usual_or_as_chosen() {
        let request = [1, 3, 0, 0, 0, 2];
        assert_eq!(Checksum::Crc16Modbus.bytes(ByteOrder::Usual, &request), [0xc4, 0x0b]);
        assert_eq!(Checksum::Crc16Modbus.bytes(ByteOrder::High, &request), [0x0b, 0xc4]);
        assert_eq!(Checksum::Crc16Xmodem.bytes(ByteOrder::Usual, b"123456789"), [0x31, 0xc3]);
        assert_eq!(Checksum::Crc32.bytes(ByteOrder::High, b"123456789"), [0xcb, 0xf4, 0x39, 0x26]);
        assert_eq!(Checksum::Sum8.bytes(ByteOrder::High, &[0xff, 2]), [1]);
        assert!(Checksum::None.bytes(ByteOrder::High, &request).is_empty());
    }

    #[test]
    fn names_in_files_are_those_on_the_command_line() {
        for sum in Checksum::ALL {
            assert_eq!(serde_json::to_value(sum).unwrap(), sum.id());
        }
    }
}
