//! A QR code of half blocks (ISO/IEC 18004), for phones that look at a terminal.
//!
//! Rule: what is lit on the screen is light to the phone: on a dark terminal blocks are drawn where the code is light, the quiet
//! zone included. Drawn whole or not at all: half a code helps nobody.

use fast_qr::ECL;
use fast_qr::qr::QRBuilder;

/// Rows of text; `None` where `text` is too long for any code. `inverted`: for dark text on a light ground.
pub(super) fn draw(text: &str, inverted: bool) -> Option<Vec<String>> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let quiet = QUIET.cast_signed();
    let size = code.size.cast_signed();
    let is_dark = |row: isize, column: isize| {
        let inside = (0..size).contains(&row) && (0..size).contains(&column);
        inside && code[row.unsigned_abs()][column.unsigned_abs()].value()
    };
    let block = |row, column| match (is_dark(row, column) == inverted, is_dark(row + 1, column) == inverted) {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    };
    let rows = (-quiet..size + quiet).step_by(2);
    Some(rows.map(|row| (-quiet..size + quiet).map(|column| block(row, column)).collect()).collect())
}

/// Modules around the code, as the standard wants them.
const QUIET: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    /// Modules as they were drawn: true is dark.
    fn modules(rows: &[String], inverted: bool) -> Vec<Vec<bool>> {
        let mut modules = Vec::new();
        for row in rows {
            let lit = |upper: bool| {
                let is_lit = move |c| matches!((c, upper), ('█', _) | ('▀', true) | ('▄', false));
                row.chars().map(move |c| is_lit(c) == inverted).collect::<Vec<bool>>()
            };
            modules.extend([lit(true), lit(false)]);
        }
        modules
    }

    #[test]
    fn a_code_has_its_three_corners_and_a_quiet_zone_in_both_polarities() {
        let uri = "otpauth://totp/Amazon%20Web%20Services:alice@111122223333?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Amazon%20Web%20Services";
        let [dark, light] = [false, true].map(|inverted| modules(&draw(uri, inverted).unwrap(), inverted));
        assert_eq!(dark, light, "the same code in both");
        let width = dark[0].len();
        let size = width - 2 * QUIET;
        assert_eq!(size % 4, 1, "17 + 4 × version");
        assert!(dark[..QUIET].iter().flatten().all(|dark| !dark));
        assert!(dark.iter().all(|row| row[..QUIET].iter().chain(&row[width - QUIET..]).all(|dark| !dark)));
        // A finder pattern's middle row: dark, light, three dark, light, dark.
        let finder = [true, false, true, true, true, false, true];
        let corner =
            |row: usize, column: usize| dark[QUIET + row + 3][QUIET + column..QUIET + column + 7].to_vec();
        for (row, column) in [(0, 0), (0, size - 7), (size - 7, 0)] {
            assert_eq!(corner(row, column), finder, "{row} {column}");
        }
    }

    #[test]
    fn what_is_too_long_is_not_drawn() {
        assert!(draw(&"x".repeat(10_000), false).is_none());
    }
}
