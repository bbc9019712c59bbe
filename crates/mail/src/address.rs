//! An e-mail address: as a person writes it, as it is compared, and as it goes over the wire.

/// Letters of any script may stand in it; the domain travels in ASCII.
#[derive(Debug, Clone, PartialEq)]
pub struct Address {
    /// As it was written.
    pub text: String,
    /// Lower case, with the domain in ASCII: two ways of writing one address meet here.
    pub key: String,
    pub(crate) wire: lettre::Address,
}

impl Address {
    /// None when it is no address; the rule is the one that forms use (`kernel::checks::is_email`), and a domain that
    /// can be written in ASCII.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > 254 || !kernel::checks::is_email(text) {
            return None;
        }
        let (local, domain) = text.rsplit_once('@')?;
        let domain = idna::domain_to_ascii(domain).ok()?;
        let wire = lettre::Address::new(local, &domain).ok()?;
        Some(Self { text: text.to_owned(), key: format!("{}@{domain}", local.to_lowercase()), wire })
    }

    /// For pages that somebody else may read: `a…@example.com`.
    pub fn veiled(&self) -> String {
        let domain = self.text.rsplit_once('@').map_or("", |(_, domain)| domain);
        let first: String = self.text.chars().take(1).collect();
        format!("{first}…@{domain}")
    }

    /// Letters before the @ that only a mail server with SMTPUTF8 can carry.
    pub(crate) fn needs_utf8(&self) -> bool {
        !self.key.rsplit_once('@').is_some_and(|(local, _)| local.is_ascii())
    }
}

#[test]
fn addresses_meet_however_they_are_written() {
    let key = |text: &str| Address::parse(text).map(|address| address.key);
    assert_eq!(key(" Ana@Example.COM "), Some("ana@example.com".into()));
    assert_eq!(key("ana@exämple.de"), Some("ana@xn--exmple-cua.de".into()));
    assert_eq!(key("ana@EXÄMPLE.de"), key("ana@xn--exmple-cua.de"));
    assert!(Address::parse("ñandú@example.com").unwrap().needs_utf8());
    assert!(!Address::parse("ana@exämple.de").unwrap().needs_utf8());
    for bad in
        ["", "ana", "ana@", "ana@example", "a\r\nBcc: x@example.com@example.com", "ana@exa mple.com", "ana@-.com"]
    {
        assert_eq!(key(bad), None, "{bad:?}");
    }
    assert_eq!(Address::parse("ana@example.com").unwrap().veiled(), "a…@example.com");
}
