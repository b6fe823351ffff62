use super::*;

const ROOT: &str = "1-5759e988-bd862e3fe1be46a994272793";

#[test]
fn a_header_is_written_as_it_was_read() {
    for text in [
        format!("Root={ROOT}"),
        format!("Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1"),
        format!("Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=0;Lineage=68fd508a:5|a87bd80c:1"),
    ] {
        assert_eq!(TraceHeader::parse(&text).expect("a trace").to_string(), text);
    }
}

#[test]
fn fields_that_are_not_known_are_left_out() {
    let text =
        format!("Self=1-67891233-12456789abcdef012345678; Root={ROOT}; Lineage=x|00000001:2");
    let trace = TraceHeader::parse(&text).expect("a trace");
    assert_eq!(trace.to_string(), format!("Root={ROOT};Lineage=00000001:2"));
}

#[test]
fn a_lineage_of_the_form_that_is_not_documented_counts_as_empty() {
    let text = format!("Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=0;Lineage=1:a87bd80c:0");
    assert!(TraceHeader::parse(&text).expect("a trace").lineage.is_empty());
}

#[test]
fn a_text_without_a_root_is_no_trace() {
    for text in ["", "Sampled=1", ROOT] {
        assert_eq!(TraceHeader::parse(text), None);
    }
}

#[test]
fn a_new_trace_has_the_time_in_its_id_and_is_not_recorded() {
    let trace = TraceHeader::start(at(1), "ana.m1");
    let text = trace.to_string();
    assert_eq!((text.len(), &text[..15]), (50, "Root=1-6955b901"), "{text}");
    assert!(text.ends_with(";Sampled=0"), "{text}");
    assert_ne!(trace, TraceHeader::start(at(1), "ana.m2"));
    assert_eq!(TraceHeader::parse(&text), Some(trace));
}

#[test]
fn a_lineage_survives_its_header() {
    let mut trace = TraceHeader::start(at(1), "ana.m1");
    for _ in 0..16 {
        trace.lineage = trace.lineage.extend("notify").expect("a run");
        trace = TraceHeader::parse(&trace.to_string()).expect("a trace");
    }
    assert!(trace.lineage.extend("notify").is_err());
}
