//! Each fault alone, and each pair of faults in order.
