"""The Scrapy project's settings, and those of one source's run."""

from __future__ import annotations

from scrapy.settings import Settings as ScrapySettings

from crawler.job import Job
from crawler.sources.model import SourceKind

BOT_NAME = "palpate"
ROBOTS_AGENT = "PalpateBot"
SPIDER_MODULES = ["crawler.spiders"]

TWISTED_REACTOR_ENABLED = False  # asyncio alone, so that a process can run any number of crawls
DOWNLOAD_HANDLERS = {
    "http": "crawler.downloading.GuardedDownloadHandler",
    "https": "crawler.downloading.GuardedDownloadHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
# One duty a pipeline, in this order.
ITEM_PIPELINES = {
    "crawler.pipelines.validation.ValidationPipeline": 100,
    "crawler.pipelines.privacy.PrivacyPipeline": 200,
    "crawler.pipelines.counting.CountingPipeline": 300,
    "crawler.pipelines.storing.StoringPipeline": 400,
}
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "crawler.middlewares.robots.RobotsMiddleware": 100,
    "crawler.middlewares.asking_again.AskingAgainMiddleware": 560,  # before Scrapy's own retries see the answer
}
EXTENSIONS = {
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.memusage.MemoryUsage": None,
    "scrapy.extensions.logstats.LogStats": None,
    "crawler.extensions.trouble.TroubleExtension": 500,
}
CONCURRENT_ITEMS = 1  # batches go through the pipelines in order; Scrapy makes this many tasks for every page
COOKIES_ENABLED = False
REFERER_ENABLED = True  # the redirect middleware needs it; no referrer is sent
REFERRER_POLICY = "no-referrer"
METAREFRESH_ENABLED = False
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_FAIL_ON_DATALOSS = True
LOG_LEVEL = "ERROR"
LOG_INSTALL_ROOT_HANDLER = False
STATS_DUMP = False
RETRY_HTTP_CODES = [500, 502, 503, 504, 522, 524, 408]
WARN_ON_GENERATOR_RETURN_VALUE = False


def make_scrapy_settings(job: Job) -> ScrapySettings:
    """The settings of one source's run."""
    is_web = job.source.kind in {SourceKind.PRACTICE_SITES, SourceKind.DIRECTORY}
    limits = job.limits
    scrapy_settings = ScrapySettings()
    scrapy_settings.setmodule("crawler.settings", priority="project")
    scrapy_settings.setdict(
        {
            "USER_AGENT": f"{ROBOTS_AGENT}/1.0 (+{job.settings.contact_url})",
            "ROBOTSTXT_USER_AGENT": ROBOTS_AGENT,
            "DOWNLOAD_MAXSIZE": job.settings.crawl_page_limit_bytes if is_web else limits.table_bytes,
            "DOWNLOAD_WARNSIZE": 0,
            "DOWNLOAD_TIMEOUT": limits.request_s if is_web else limits.table_request_s,
            "REDIRECT_MAX_TIMES": limits.redirects,
            "RETRY_TIMES": limits.retries,
            "DOWNLOAD_DELAY": job.settings.crawl_delay_s if is_web else 0,
            "DOWNLOAD_DELAY_JITTER": 0,  # it would halve the pause now and then
            "CONCURRENT_REQUESTS": 64 if is_web else 8,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 1 if is_web else 4,
            "AUTOTHROTTLE_ENABLED": is_web and job.settings.crawl_delay_s > 0,
            "AUTOTHROTTLE_START_DELAY": job.settings.crawl_delay_s,
            "AUTOTHROTTLE_MAX_DELAY": max(60.0, job.settings.crawl_delay_s),
        },
        priority="cmdline",
    )
    return scrapy_settings
