import { vrrpAdvertMs, vrrpRouterId } from "../../infra/facts.ts";
import type { BalancerInput, BalancerSlot } from "./balancerInput.ts";

/**
 * Renders keepalived.conf of a balancer. Priorities are constants of the plan and only break a tie between balancers
 * that start together; who holds the address is a fact of the run. Needs keepalived 2.2.8 or newer.
 */
export function renderKeepalived(plan: BalancerInput, slot: BalancerSlot): string {
  const highestPeer = Math.max(1, ...plan.peers.map((peer) => peer.priority));
  return `global_defs {
  router_id ${slot.id}
  vrrp_version 3
  script_user root
  enable_script_security
  # An advert that leaves late looks like a dead balancer, so nothing else in this machine runs before them.
  vrrp_priority -20
  vrrp_no_swap
  # One reader gets the transitions in their order; a script started for each could finish out of it.
  vrrp_notify_fifo /run/vigil/vrrp.fifo
  vrrp_notify_fifo_script /usr/lib/vigil/vrrpNotify.sh
  fifo_write_vrrp_states_on_reload
}

# The kernel reports the death of the process: the address moves without waiting for a check.
vrrp_track_process nginx {
  process nginx
  weight 0
  quorum 1
  # A new process counts once it had the time to open its port.
  fork_delay 0.5
}

# The process may live and answer nothing: the agent asks it for a local static page twice a second, so that no worker can
# take the address from here, and says in this file whether an answer came. A program started so often to ask would cost
# this machine more than all else that it does while nothing happens. A boot begins with 1: until the agent has looked at
# every worker once, this balancer would have no pool to serve from.
track_file mute {
  file "/run/vigil/mute"
  weight 0
  init_file 0
}

# Not 0 means "let a peer have the address": a failure by choice, which yields with one advert of priority 0.
track_file yield {
  file "/run/vigil/yield"
  weight 0
  init_file 0
}

# The agent hears nothing from beyond this host, not even the witness: whoever holds the address here holds it for nobody,
# and would hold it beside a peer once the cut is mended. It returns as a backup.
track_file isolated {
  file "/run/vigil/isolated"
  weight 0
  init_file 0
}

# Every balancer has the address on its loopback device, where it answers no ARP and so draws no packet. One that has just
# left it to a peer can still send what it was answering; clients read that before they learn that the connection ended.
static_ipaddress {
  ${plan.site.vip}/32 dev lo scope host
}

vrrp_instance vip {
  state BACKUP
  nopreempt
  interface eth0
  virtual_router_id ${vrrpRouterId}
  priority ${plan.host.vrrpPriority}
  # Three silent intervals and a skew: a peer takes over about 0.32 s after this machine died.
  advert_int ${vrrpAdvertMs / 1000}

${unicast(plan, slot)}
  # After a freeze, a balancer whose adverts were overdue for so long that a peer holds the address stays backup;
  # nopreempt alone lets it take the address back.
  timer_expired_backup ${highestPeer}

  virtual_ipaddress {
    ${plan.site.vip}/${plan.site.subnet.prefixLength} dev eth0
  }

  track_process {
    nginx
  }
  track_file {
    mute
    yield
    isolated
  }

  # Neighbours learn the new holder from these: five at once, five more a second later for a port that was just coming
  # up, and one every ten seconds for whatever missed them all.
  garp_master_repeat 5
  garp_master_delay 1
  garp_master_refresh 10
  garp_master_refresh_repeat 1
  # Two holders that find each other: the one that stays says so again, at once, after the other's last word.
  garp_lower_prio_repeat 3
  garp_lower_prio_delay 1
}
`;
}

/** A site of one host has nobody to send to, and keepalived refuses unicast without peers. */
function unicast(plan: BalancerInput, slot: BalancerSlot): string {
  if (plan.peers.length === 0) return "  # The site has no other balancer.\n";
  return `  # Adverts go to the balancers of the plan alone and are taken from them alone: VRRP 3 has no other authentication.
  unicast_src_ip ${slot.address}
  unicast_peer {
${plan.peers.map((peer) => `    ${peer.address}`).join("\n")}
  }
  check_unicast_src
`;
}
