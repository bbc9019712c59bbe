//! The name of a dedicated tenant's schema and login role.

use uuid::Uuid;

/// `tenant_<name>_<last 12 digits of the id>`: at most 56 of PostgreSQL's 63 bytes, only a–z, 0–9 and `_`, so it needs no
/// quotes and is no reserved word; and different for different ids, so two companies of one name do not collide.
pub fn schema_name(slug_or_name: &str, id: Uuid) -> String {
    let mut middle = String::new();
    for c in slug_or_name.chars() {
        let kept = c.to_ascii_lowercase();
        if kept.is_ascii_alphanumeric() {
            middle.push(kept);
        } else if !middle.is_empty() && !middle.ends_with('_') {
            middle.push('_');
        }
        if middle.len() == 36 {
            break;
        }
    }
    let middle = match middle.trim_end_matches('_') {
        "" => "company",
        some => some,
    };
    let digits = id.simple().to_string();
    format!("tenant_{middle}_{}", &digits[20..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_safe(name: &str, id: Uuid) -> bool {
        let last = id.hyphenated().to_string();
        name.len() <= 56
            && name.starts_with("tenant_")
            && name.ends_with(&format!("_{}", last.rsplit('-').next().unwrap()))
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
            && !name.contains("__")
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4096) })]

        #[test]
        fn any_text_makes_a_safe_name(text in any::<String>(), id in any::<u128>()) {
            let id = Uuid::from_u128(id);
            prop_assert!(is_safe(&schema_name(&text, id), id), "{}", schema_name(&text, id));
        }

        #[test]
        fn long_and_wordy_text_too(text in "[a-zA-Z0-9 _'\"\\-;ÄÖÜßéñ株]{0,200}", id in any::<u128>()) {
            let id = Uuid::from_u128(id);
            prop_assert!(is_safe(&schema_name(&text, id), id), "{}", schema_name(&text, id));
        }

        #[test]
        fn another_tenant_another_name(text in any::<String>(), a in any::<u64>(), b in any::<u64>()) {
            let (a, b) = (a & 0xffff_ffff_ffff, b & 0xffff_ffff_ffff);
            prop_assume!(a != b);
            prop_assert_ne!(schema_name(&text, Uuid::from_u128(a.into())), schema_name(&text, Uuid::from_u128(b.into())));
        }
    }

    #[test]
    fn names_one_meets() {
        let id = Uuid::from_u128(0x0197_0000_0000_7000_8000_0123_4567_89ab);
        for (given, made) in [
            ("Acme Corp.", "tenant_acme_corp_0123456789ab"),
            ("acme-hvac", "tenant_acme_hvac_0123456789ab"),
            ("", "tenant_company_0123456789ab"),
            ("株式会社", "tenant_company_0123456789ab"),
            ("select", "tenant_select_0123456789ab"),
            ("\"; drop schema app; --", "tenant_drop_schema_app_0123456789ab"),
            ("Müller & Söhne", "tenant_m_ller_s_hne_0123456789ab"),
        ] {
            assert_eq!(schema_name(given, id), made);
        }
        assert_eq!(schema_name(&"x".repeat(500), id).len(), 7 + 36 + 13);
    }
}
