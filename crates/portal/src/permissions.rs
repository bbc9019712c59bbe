//! What the office may do with the customers' own door.
use kernel::permission;

permission! {
    pub PortalRead = "portal.read": "See who may sign in to the customer portal, and when they last did", [ServiceManager, Dispatcher];
    pub PortalSend = "portal.send": "Send customers a link to the portal, and end their sessions there", [ServiceManager, Dispatcher];
}
