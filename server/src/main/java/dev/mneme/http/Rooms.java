package dev.mneme.http;

import dev.mneme.account.Backups;
import dev.mneme.agent.Agents;
import dev.mneme.agent.Groups;
import dev.mneme.base.Clock;
import dev.mneme.base.OutboundGuard;
import dev.mneme.base.Scratch;
import dev.mneme.file.Library;
import dev.mneme.llm.Models;
import dev.mneme.memory.Archival;
import dev.mneme.memory.Blocks;
import dev.mneme.memory.Recall;
import dev.mneme.run.Batches;
import dev.mneme.run.Desk;
import dev.mneme.run.GroupTalk;
import dev.mneme.run.Runs;
import dev.mneme.tool.BaseTool;
import dev.mneme.tool.Tools;
import java.time.Duration;
import java.util.List;

/**
 * What the routes work with: the facades of the other rooms.
 *
 * @param version of this server, for people
 * @param quiet how long a stream may be silent before a ping; zero: no pings
 * @param outbound where this server may fetch what callers only link to
 * @param scratch for files on their way in and out
 * @param baseTools what {@code POST /v1/tools/add-base-tools} brings up to date
 */
public record Rooms(
        String version,
        Clock clock,
        Duration quiet,
        Models models,
        Tools tools,
        Workshop workshop,
        List<BaseTool> baseTools,
        Blocks blocks,
        Recall recall,
        Archival archival,
        Library library,
        Agents agents,
        Groups groups,
        GroupTalk talks,
        Runs runs,
        Desk desk,
        Batches batches,
        Hosted hosted,
        Tenancy tenancy,
        Backups backups,
        Scratch scratch,
        OutboundGuard outbound) {}
