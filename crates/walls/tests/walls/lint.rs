//! The lint finds nothing in whole walls and every planted hole in broken ones.

use crate::ground::{company, grounds};
use walls::lint;
use walls::tenant::{self, Placement};

#[tokio::test]
async fn whole_walls_have_no_findings() {
    for ground in grounds().await {
        let new = tenant::NewTenant { placement: Placement::Dedicated, ..company("whole") };
        tenant::create(&ground.dsns, &ground.secrets, new, &[]).await.unwrap();
        let findings = lint::check(&ground.dsns.admin).await.unwrap();
        // A server older than the fixes is a finding wherever it is met, and only there.
        let old = crate::ground::count(
            &ground.admin().await,
            "select count(*) where current_setting('server_version_num')::int < 150019",
        )
        .await
            == 1;
        assert_eq!(findings.iter().any(|f| f.rule.starts_with("R31")), old);
        let lines: Vec<String> =
            findings.iter().filter(|f| !f.rule.starts_with("R31")).map(ToString::to_string).collect();
        assert!(lines.is_empty(), "{}:\n{}", ground.server.major_version(), lines.join("\n"));
    }
}
