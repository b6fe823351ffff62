//! Blocks of IP addresses.

use std::net::IpAddr;

/// A block of addresses: all that share the leading bits of one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cidr {
    base: IpAddr,
    bits: u32,
}

impl Cidr {
    /// Parses `10.0.0.0/24` or `2001:db8::/32`.
    ///
    /// # Errors
    ///
    /// If the text has another shape: the problem in words. AWS refuses blocks of one address,
    /// which are `/32` and `/128`.
    pub(super) fn parse(text: &str) -> Result<Cidr, String> {
        let (base, bits) = text.split_once('/').ok_or("Malformed CIDR, one '/' required")?;
        let base: IpAddr = base.parse().map_err(|_| format!("Nonstandard IP address: {base}"))?;
        let bits: u32 = bits.parse().map_err(|_| "Malformed CIDR, mask bits must be an integer")?;
        let bits_max = if base.is_ipv4() { 31 } else { 127 };
        if bits > bits_max {
            return Err(format!("Malformed CIDR, mask bits must be at most {bits_max}"));
        }
        Ok(Cidr { base, bits })
    }

    /// Reports whether a text is an address in the block.
    pub(super) fn contains(&self, text: &str) -> bool {
        match (self.base, text.parse()) {
            (IpAddr::V4(base), Ok(IpAddr::V4(address))) => {
                let differing = base.to_bits() ^ address.to_bits();
                differing.leading_zeros() >= self.bits
            }
            (IpAddr::V6(base), Ok(IpAddr::V6(address))) => {
                let differing = base.to_bits() ^ address.to_bits();
                differing.leading_zeros() >= self.bits
            }
            _ => false,
        }
    }
}
