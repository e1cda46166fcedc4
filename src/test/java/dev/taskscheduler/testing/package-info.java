/// Test helpers that tests of more than one package share: a real Redis server, a proxy that cuts
/// connections, an HTTP target, TLS identities, hosts in network namespaces, and waiting with a
/// limit. A helper of one package stays beside its tests.
package dev.taskscheduler.testing;
