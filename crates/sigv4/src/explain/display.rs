//! An explanation as a page for people; it needs no colour.

use std::fmt;

use super::{Explanation, Finding, LineDifference, Verdict};

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.verdict.code(), self.summary)?;
        for finding in self.proven.iter().chain(&self.stated) {
            write!(f, "{finding}")?;
        }
        if !self.difference.is_empty() {
            writeln!(f, "\nwhere the two sides differ (white space shown as · → ␊ ␍):")?;
            for difference in &self.difference {
                write!(f, "{difference}")?;
            }
            if self.more_differences > 0 {
                writeln!(f, "  and {} more", self.more_differences)?;
            }
        }
        if !self.likely.is_empty() {
            let which =
                if self.verdict == Verdict::Likely { "likely, best first" } else { "worth a look as well" };
            writeln!(f, "\n{which}:")?;
            for (index, finding) in self.likely.iter().enumerate() {
                writeln!(f, "  {}. {} [{}]", index + 1, finding.what, finding.cause.code())?;
                writeln!(f, "     why: {}", finding.evidence)?;
                writeln!(f, "     do:  {}", finding.cure)?;
            }
        }
        if !self.excluded.is_empty() {
            let names: Vec<&str> = self.excluded.iter().map(|cause| cause.code()).collect();
            writeln!(f, "\ntried, does not reproduce it: {}", names.join(", "))?;
        }
        let cut = if self.work.cut_short { "; stopped at the limit" } else { "" };
        writeln!(f, "\n{} candidates compared, {} HMACs{cut}", self.work.tried, self.work.hmacs)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.and {
            Some(second) => {
                writeln!(f, "  cause:    {} [{} + {}]", self.what, self.cause.code(), second.code())?
            }
            None => writeln!(f, "  cause:    {} [{}]", self.what, self.cause.code())?,
        }
        writeln!(f, "  evidence: {}", self.evidence)?;
        writeln!(f, "  do:       {}", self.cure)
    }
}

impl fmt::Display for LineDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  {}: {}", self.line, self.how)?;
        if let Some(ours) = &self.ours {
            writeln!(f, "    ours:   {ours}")?;
        }
        if let Some(theirs) = &self.theirs {
            writeln!(f, "    theirs: {theirs}")?;
        }
        Ok(())
    }
}
