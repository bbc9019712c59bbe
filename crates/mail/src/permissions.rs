//! What one may do with the company's mail.
use kernel::permission;

permission! {
    pub EmailRead = "email.read": "See the e-mails that were sent, and how they fared", [ServiceManager, Dispatcher, Viewer], whole;
    pub EmailSend = "email.send": "Send an e-mail again, and send a test", [ServiceManager, Dispatcher], whole;
    pub EmailSettings = "email.settings": "Say how e-mails are signed, and which addresses get none", [], whole;
}
