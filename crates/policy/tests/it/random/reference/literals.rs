//! Values, by the longest way: numbers as digits laid out, dates as days counted, addresses as bits.

/// An address as its bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ip {
    Four([bool; 32]),
    Six([bool; 128]),
}

/// A number as its sign and its digits around the point, `WIDTH` on either side.
pub(super) fn number(text: &str) -> Option<(i8, Vec<i8>)> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (rest, 0),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{part}");
    if digits.is_empty() || !digits.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    const WIDTH: i32 = 40;
    let mut laid = vec![0i8; 2 * WIDTH as usize];
    for (at, digit) in digits.bytes().enumerate() {
        let place = WIDTH - whole.len() as i32 - exponent + at as i32;
        laid[usize::try_from(place).unwrap()] = sign * (digit - b'0') as i8;
    }
    let sign = if laid.iter().all(|digit| *digit == 0) { 0 } else { sign };
    Some((sign, laid))
}

/// Milliseconds, days counted one year and one month after the other.
pub(super) fn date(text: &str) -> Option<i64> {
    if let Ok(seconds) = text.parse::<i64>() {
        return Some(seconds * 1000);
    }
    let (date, time) = text.split_once('T').unwrap_or((text, ""));
    let parts: Vec<i64> = date.split('-').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [year, month, day] = parts[..] else { return None };
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let lengths = [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let length = lengths.get(usize::try_from(month - 1).ok()?)?;
    if day < 1 || day > *length {
        return None;
    }
    let years: i64 = (1970..year).map(|year| if leap(year) { 366 } else { 365 }).sum();
    let months: i64 = lengths[..(month - 1) as usize].iter().sum();
    let mut millis = (years + months + day - 1) * 86_400_000;
    if !time.is_empty() {
        let at = time.find(['Z', '+', '-']).unwrap_or(time.len());
        let (clock, zone) = time.split_at(at);
        let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
        let parts: Vec<i64> = clock.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        let [hour, minute, second] = parts[..] else { return None };
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        millis += ((hour * 60 + minute) * 60 + second) * 1000;
        let fraction: String = format!("{fraction}000").chars().take(3).collect();
        millis += fraction.parse::<i64>().ok()?;
        if let Some(east) = zone.strip_prefix('+') {
            let (hours, minutes) = east.split_once(':')?;
            millis -= (hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?) * 60_000;
        }
    }
    Some(millis)
}

/// Of a request: a mapped address is one of IPv4.
pub(super) fn ip(text: &str) -> Option<Ip> {
    if let Some(octets) = text.strip_prefix("::ffff:").filter(|rest| rest.contains('.')) {
        return four(octets);
    }
    match ip_of_policy(text)? {
        Ip::Six(bits) if bits[..80].iter().all(|bit| !bit) && bits[80..96].iter().all(|bit| *bit) => {
            Some(Ip::Four(bits[96..].try_into().unwrap()))
        }
        address => Some(address),
    }
}

pub(super) fn ip_of_policy(text: &str) -> Option<Ip> {
    if !text.contains(':') {
        return four(text);
    }
    // `a:::b` is `a::0:b`; nothing stands behind the last colon.
    let (left, right) = match text.find("::") {
        Some(at) => (&text[..at], Some(&text[at + 2..])),
        None => (text, None),
    };
    let groups = |text: &str| -> Option<Vec<u16>> {
        let text = text.trim_end_matches(':');
        let parts = text.split(':').filter(|_| !text.is_empty());
        parts
            .map(|part| u16::from_str_radix(&format!("0{part}"), 16).ok().filter(|_| part.len() < 5))
            .collect()
    };
    let mut all = groups(left)?;
    match right.map(groups) {
        None => {}
        Some(None) => return None,
        Some(Some(behind)) => {
            if all.len() + behind.len() > 8 {
                return None;
            }
            all.resize(8 - behind.len(), 0);
            all.extend(behind);
        }
    }
    let bits: Vec<bool> =
        all.iter().flat_map(|group| (0..16).rev().map(move |at| group >> at & 1 == 1)).collect();
    bits.try_into().ok().map(Ip::Six)
}

fn four(text: &str) -> Option<Ip> {
    let octets: Vec<u8> = text.split('.').map(|octet| octet.parse().ok()).collect::<Option<_>>()?;
    let bits: Vec<bool> =
        octets.iter().flat_map(|octet| (0..8).rev().map(move |at| octet >> at & 1 == 1)).collect();
    bits.try_into().ok().map(Ip::Four)
}

/// Texts here have neither sigmas nor characters outside of the basic plane.
pub(super) fn lower(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}
