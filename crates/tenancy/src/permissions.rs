//! What one may do with a company itself: its people, keys, settings and the book of what happened.
use kernel::permission;

permission! {
    pub AccountOwn = "account.own": "Use one's own account", [ServiceManager, Dispatcher, Technician, Member, Viewer];
    pub FilesRead = "files.read": "Open photos and other files", [ServiceManager, Dispatcher, Technician, Member, Viewer];
    pub MembersRead = "members.read": "See who works here", [ServiceManager, Dispatcher, Viewer];
    pub MembersWrite = "members.write": "Add people, change their roles, end their access", [], whole;
    pub ApiKeysManage = "api_keys.manage": "Create and revoke API keys", [], whole;
    pub SettingsRead = "settings.read": "See the company's settings", [ServiceManager];
    pub SettingsWrite = "settings.write": "Change the company's name, zone, currency and colours", [];
    pub AuditRead = "audit.read": "Read who did what", [ServiceManager], whole;
    pub SupportManage = "support.manage": "Decide over visits of those who run Tradewind", [], whole;
}

// Who works here and how the company is set up is the same for everybody who may know it.
kernel::heard! { "member." by everybody; "role." by everybody; "team." by everybody; "settings." by everybody; "tenant." by everybody }
